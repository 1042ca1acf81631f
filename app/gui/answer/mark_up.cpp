#include "app/gui/answer/mark_up.h"

#include <QRegularExpression>
#include <set>

#include "app/gui/selection.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

struct Names {
    std::set<QString> functions, tasks;
};

Names names_of(const Analysis& analysis) {
    Names names;
    for (const EventInfo& event : analysis.events) {
        // One-word functions such as "schedule" are English words too: only names that cannot be are marked.
        for (const Frame& frame : event.report.frames)
            if (frame.function.find('_') != std::string::npos) names.functions.insert(qs(frame.function));
        if (!event.guilty.function.empty()) names.functions.insert(qs(event.guilty.function));
        if (!event.report.task.comm.empty()) names.tasks.insert(qs(event.report.task.comm));
    }
    return names;
}

}  // namespace

QString marked_up(const std::string& sentence, const Analysis& analysis) {
    static const QRegularExpression word(QStringLiteral("[A-Za-z_][\\w./-]*\\w"));
    const Names names = names_of(analysis);
    const QString text = qs(sentence);
    const QString mono =
        QString("<span style=\"font-family:'%1'; font-weight:bold\">%2</span>").arg(mono_font().family());
    QString out;
    qsizetype at = 0;
    for (auto it = word.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += text.mid(at, match.capturedStart() - at).toHtmlEscaped();
        at = match.capturedEnd();
        const QString name = match.captured().toHtmlEscaped();
        if (names.functions.contains(match.captured()))
            out += mono.arg(name);
        else if (names.tasks.contains(match.captured()))
            out += "<b>" + name + "</b>";
        else
            out += name;
    }
    out += text.mid(at).toHtmlEscaped();
    static const QRegularExpression quoted(QStringLiteral("`([^`]+)`"));
    return out.replace(quoted, QString("<span style=\"font-family:'%1'\">\\1</span>").arg(mono_font().family()));
}

std::string place_in(const std::string& sentence, const Analysis& analysis) {
    static const QRegularExpression place(QStringLiteral("[\\w.+-]+(?:/[\\w.+-]+)*:\\d+"));
    for (auto it = place.globalMatch(qs(sentence)); it.hasNext();) {
        const std::string found = it.next().captured().toStdString();
        if (artifact_of_path(analysis, found.substr(0, found.rfind(':')))) return found;
    }
    return {};
}

}  // namespace stallsight::gui
