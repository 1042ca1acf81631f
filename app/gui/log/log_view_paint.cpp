// How a line of the log is drawn.
#include <QPainter>
#include <QScrollBar>

#include "app/gui/log/log_view.h"
#include "app/gui/rows/marks.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

struct Look {
    QColor colour;
    bool strong = false;
};

Look look_of(Piece::Look look) {
    const Theme& t = theme();
    switch (look) {
        case Piece::Look::quiet:
            return {t.faint};
        case Piece::Look::key_function:
            return {t.text, true};
        case Piece::Look::module:
            return {t.accent};
        case Piece::Look::headline:
            return {t.cause, true};
        default:
            return {t.text};
    }
}

}  // namespace

void LogView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().log);
    if (!artifact_) return;
    if (!text_.lines()) {
        painter.setPen(theme().muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, "There are no lines in this file.");
    }
    const Columns c = columns();
    qreal widest = 0, top = 0;
    const std::uint64_t behind = shown_.second + 1, left = behind - std::min(first_line(), behind);
    for (const LogLine& line : text_.read(first_line(), std::min<std::uint64_t>(visible_lines() + 1, left))) {
        widest = std::max(widest, draw_line(painter, line, c, top));
        top += c.height;
    }
    const int hidden = std::max(0, static_cast<int>(widest) - viewport()->width() + 20);
    // Known only once the lines are read; it must not shrink under a view that has been scrolled.
    const int range = std::max(hidden, horizontalScrollBar()->value());
    if (range != horizontalScrollBar()->maximum())
        QMetaObject::invokeMethod(
            this, [this, range] { horizontalScrollBar()->setRange(0, range); }, Qt::QueuedConnection);
}

void LogView::draw_background(QPainter& painter, std::uint64_t line, const QRectF& row) const {
    const Theme& t = theme();
    const Frame* frame = selection_->frame_record();
    const EventInfo* picked = selection_->event();
    const bool on_frame = frame && picked && picked->artifact == artifact_ && frame->line == line;
    if (auto note = notes_.find(line); note != notes_.end() && note->second.mark.isValid()) {
        QColor mark = note->second.mark;
        mark.setAlpha(48);
        painter.fillRect(row, mark);
        painter.fillRect(QRectF(row.right() - edge, row.top(), edge, row.height()), note->second.mark);
    }
    if (line == selection_->line())
        painter.fillRect(row, t.selection);
    else if (on_frame)
        painter.fillRect(row, t.selection_idle);
    if (const EventInfo* event = event_at(*selection_->analysis(), *artifact_, line)) {
        QColor colour = colour_of(mark_of(event->report.kind));
        if (!picked || event->id != picked->id) colour.setAlpha(90);
        painter.fillRect(QRectF(0, row.top(), edge, row.height()), colour);
    }
}

qreal LogView::draw_line(QPainter& painter, const LogLine& line, const Columns& c, qreal top) const {
    const Theme& t = theme();
    const QRectF row(0, top, viewport()->width(), c.height);
    draw_background(painter, line.number, row);
    painter.setFont(mono_font());
    painter.setPen(t.faint);
    painter.drawText(QRectF(edge, top, c.number - edge, c.height), Qt::AlignRight | Qt::AlignVCenter,
                     QString::number(line.number));
    const qreal shift = horizontalScrollBar()->value();
    if (text_.is_log()) {
        const Record record = parse_record(line.text);
        painter.drawText(QRectF(c.cpu, top, c.time - c.cpu, c.height), Qt::AlignLeft | Qt::AlignVCenter,
                         cpu_of(line.number, record.caller_cpu));
        if (record.time)
            painter.drawText(QRectF(c.time, top, c.message - c.time - gap, c.height),
                             Qt::AlignRight | Qt::AlignVCenter, clock_time(seconds(*record.time)));
    }
    painter.save();
    painter.setClipRect(QRectF(c.message, top, row.width() - c.message, c.height));
    const qreal right = draw_message(painter, line, c.message - shift, row);
    painter.restore();
    return right + shift;
}

qreal LogView::draw_message(QPainter& painter, const LogLine& line, qreal left, const QRectF& row) const {
    const Theme& t = theme();
    const Record record = text_.is_log() ? parse_record(line.text) : Record{};
    const std::string_view message = text_.is_log() ? record.message : line.text;
    const auto draw = [&](const QString& text, const QColor& colour, bool strong) {
        painter.setFont(strong ? bold(mono_font()) : mono_font());
        painter.setPen(colour);
        painter.drawText(QRectF(left, row.top(), 1e6, row.height()), Qt::AlignLeft | Qt::AlignVCenter, text);
        left += QFontMetricsF(painter.font()).horizontalAdvance(text);
    };
    if (!found_.isEmpty()) draw_found(painter, printable(message), left, row);
    const EventInfo* event = event_at(*selection_->analysis(), *artifact_, line.number);
    if (event && event->report.line == line.number) {
        draw(printable(message), colour_of(mark_of(event->report.kind)), true);
    } else {
        for (const Piece& piece : pieces_of(message, keys_)) {
            const Look look = look_of(piece.look);
            draw(piece.text, look.colour, look.strong);
        }
    }
    if (line.cut) draw(QStringLiteral(" … (the line goes on)"), t.warning, false);
    QStringList said;
    if (!record.remark.empty()) said << printable(record.remark).trimmed();
    if (auto note = notes_.find(line.number); note != notes_.end() && !note->second.text.isEmpty())
        said << note->second.text;
    if (!said.isEmpty()) draw("  " + pencil + said.join(QStringLiteral("  ") + pencil), t.remark, false);
    return left;
}

void LogView::draw_found(QPainter& painter, const QString& text, qreal left, const QRectF& row) const {
    const bool exact = found_ != found_.toLower();
    const QFontMetricsF metrics(mono_font());
    for (qsizetype at = 0; (at = text.indexOf(found_, at, exact ? Qt::CaseSensitive : Qt::CaseInsensitive)) >= 0;
         at += found_.size())
        painter.fillRect(QRectF(left + metrics.horizontalAdvance(text.left(at)), row.top() + 1,
                                metrics.horizontalAdvance(text.mid(at, found_.size())), row.height() - 2),
                         theme().found);
}

}  // namespace stallsight::gui
