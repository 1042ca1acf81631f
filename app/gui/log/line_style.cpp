#include "app/gui/log/line_style.h"

#include <QRegularExpression>

namespace stallsight::gui {

namespace {

// What quiet lines start with: they frame a report and say little themselves.
bool is_quiet(const QString& message) {
    static const QRegularExpression quiet(QStringLiteral(
        "^\\s*(Modules linked in:|Call Trace:|Hardware name:|-+\\[ (cut here|end trace)|NIP|REGS|MSR|"
        "GPR\\d+|CFAR|IRQMASK|R[A-D0-9][XIP0-9]|Code:|CR2:|FS:|CS:|Instruction dump|</?TASK>|</?IRQ>)"));
    return quiet.match(message).hasMatch();
}

}  // namespace

QString printable(std::string_view text) {
    QString shown = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    for (QChar& c : shown) {
        if (c == '\t')
            c = ' ';
        else if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            c = QChar(0x2400 + (c.unicode() == 0x7f ? 0x21 : c.unicode()));
    }
    return shown;
}

std::vector<Piece> pieces_of(std::string_view message, const std::set<std::string>& keys) {
    static const QRegularExpression symbol(
        QStringLiteral("(?<address>\\[(?:<?[0-9a-f]{8,16}>?|\\.\\.\\.)\\])|"
                       "(?<function>\\.?(?<name>[A-Za-z_$][\\w.$]*))(?<offset>\\+0x[0-9a-f]+/"
                       "0x[0-9a-f]+)(?<module> \\[\\w+[^\\]]*\\])?"));
    const QString text = printable(message);
    if (is_quiet(text)) return {{text, Piece::Look::quiet}};
    std::vector<Piece> pieces;
    qsizetype at = 0;
    const auto add = [&](const QString& piece, Piece::Look look) {
        if (!piece.isEmpty()) pieces.push_back({piece, look});
    };
    for (auto it = symbol.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        add(text.mid(at, match.capturedStart() - at), Piece::Look::plain);
        at = match.capturedEnd();
        add(match.captured("address"), Piece::Look::quiet);
        const bool key = keys.contains(match.captured("name").toStdString());
        add(match.captured("function"), key ? Piece::Look::key_function : Piece::Look::function);
        add(match.captured("offset"), Piece::Look::quiet);
        add(match.captured("module"), Piece::Look::module);
    }
    add(text.mid(at), Piece::Look::plain);
    return pieces;
}

}  // namespace stallsight::gui
