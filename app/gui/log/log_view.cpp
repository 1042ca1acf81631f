#include "app/gui/log/log_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QScrollBar>

#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int above = 3;  // lines

// Chain functions that one looks for in the log.
std::set<std::string> key_functions(const Analysis& analysis, const EventInfo* event) {
    std::set<std::string> keys;
    if (!event) return keys;
    keys.insert(event->guilty.function);
    if (const Chain* chain = analysis.chain_of(event->id))
        for (std::size_t link : {chain->disabled_link, chain->guilty_link, chain->end_link})
            if (link < chain->links.size()) keys.insert(chain->links[link].function);
    return keys;
}

}  // namespace

LogView::LogView(Selection* selection, QWidget* parent) : QAbstractScrollArea(parent), selection_(selection) {
    setObjectName("log");
    setAccessibleName("Log");
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setAutoFillBackground(false);
    connect(selection, &Selection::changed, this, &LogView::follow);
    connect(selection, &Selection::range_changed, this, &LogView::follow_range);
    connect(selection, &Selection::analysis_changed, this, [this] {
        text_ = {};
        artifact_.reset();
        shown_event_.clear();
        shown_ = {1, 0};
        update_bars();
        viewport()->update();
    });
}

void LogView::set_notes(std::map<std::uint64_t, LineNote> notes) {
    notes_ = std::move(notes);
    viewport()->update();
}

void LogView::set_found(const QString& needle) {
    found_ = needle;
    viewport()->update();
}

void LogView::follow() {
    const AnalysisPtr& analysis = selection_->analysis();
    if (!analysis || !selection_->artifact()) return;
    const bool other_file = artifact_ != selection_->artifact();
    if (other_file) {
        artifact_ = selection_->artifact();
        text_ = is_text(analysis->artifacts[*artifact_].artifact) ? LogText(analysis, *artifact_) : LogText();
        follow_range();
        verticalScrollBar()->setValue(0);
        emit artifact_changed();
    }
    const EventInfo* event = selection_->event();
    keys_ = key_functions(*analysis, event);
    const bool other_event = event && event->id != shown_event_;
    shown_event_ = event ? event->id : std::string();
    const Frame* frame = selection_->frame_record();
    const bool in_event = event && event->artifact == artifact_ && frame;
    if (selection_->line())
        scroll_to(selection_->line(), (other_event || other_file) && in_event ? frame->line : 0);
    viewport()->update();
}

void LogView::scroll_to(std::uint64_t line, std::uint64_t also) {
    const std::uint64_t rows = visible_lines(), first = first_line();
    const std::uint64_t low = also ? std::min(line, also) : line, high = also ? std::max(line, also) : line;
    if (low >= first + 1 && high + 1 < first + rows) return;
    // The report's first line stays in sight as long as the other line does not push it out.
    std::uint64_t top = low > above ? low - above : 1;
    if (high >= top + rows) top = high - rows / 2;
    top = std::max(top, shown_.first);
    verticalScrollBar()->setValue(static_cast<int>(std::min<std::uint64_t>(top - shown_.first, INT_MAX)));
}

// Only the lines of the marked time are shown of a log of that core, and of a core whose clock is aligned with it.
void LogView::follow_range() {
    shown_ = {1, text_.lines()};
    if (artifact_ && text_.is_log()) {
        const auto range = selection_->range_on(selection_->analysis()->artifacts[*artifact_].artifact);
        const auto lines = range ? text_.lines_between(range->first, range->second) : std::nullopt;
        if (lines) shown_ = *lines;
    }
    update_bars();
    viewport()->update();
}

std::uint64_t LogView::first_line() const {
    return static_cast<std::uint64_t>(verticalScrollBar()->value()) + shown_.first;
}

std::size_t LogView::visible_lines() const {
    return static_cast<std::size_t>(std::max(1, viewport()->height() / std::max(1, columns().height)));
}

void LogView::update_bars() {
    const std::uint64_t rows = visible_lines(), lines = shown_.second + 1 - shown_.first;
    verticalScrollBar()->setPageStep(static_cast<int>(rows));
    verticalScrollBar()->setRange(
        0, lines > rows ? static_cast<int>(std::min<std::uint64_t>(lines - rows, INT_MAX)) : 0);
    horizontalScrollBar()->setSingleStep(40);
}

void LogView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    update_bars();
    if (selection_->line()) scroll_to(selection_->line(), 0);
}

LogView::Columns LogView::columns() const {
    const QFontMetricsF metrics(mono_font());
    Columns c;
    c.letter = metrics.horizontalAdvance('0');
    c.height = static_cast<int>(std::ceil(metrics.height())) + 3;
    const auto digits = static_cast<qreal>(std::max<qsizetype>(4, QString::number(text_.lines()).size()));
    c.number = edge + 8 + digits * c.letter;
    c.cpu = c.number + gap;
    c.time = c.cpu + (text_.is_log() ? 6 * c.letter + gap : 0);
    c.message = c.time + (text_.is_log() ? 12 * c.letter + gap : 0);
    return c;
}

QString LogView::cpu_of(std::uint64_t line, const std::optional<int>& caller) const {
    if (caller) return QString("CPU %1").arg(*caller);
    const EventInfo* event = event_at(*selection_->analysis(), *artifact_, line);
    return event && event->report.cpu ? QString("CPU %1").arg(*event->report.cpu) : QString();
}

QString LogView::line_as_text(std::uint64_t line) const {
    const std::vector<LogLine> lines = text_.read(line, 1);
    if (lines.empty()) return {};
    if (!text_.is_log()) return printable(lines.front().text);
    const Record record = parse_record(lines.front().text);
    QStringList parts{QString::number(line), cpu_of(line, record.caller_cpu),
                      record.time ? clock_time(seconds(*record.time)) : QString(), printable(record.message)};
    if (!record.remark.empty()) parts << pencil + printable(record.remark).trimmed();
    if (auto note = notes_.find(line); note != notes_.end() && !note->second.text.isEmpty())
        parts << pencil + note->second.text;
    return parts.join('\t');
}

void LogView::mousePressEvent(QMouseEvent* event) {
    if (!artifact_) return;
    const std::uint64_t line = first_line() + static_cast<std::uint64_t>(event->pos().y() / columns().height);
    if (line <= shown_.second) selection_->pick_line(*artifact_, line);
}

void LogView::mouseDoubleClickEvent(QMouseEvent*) {
    if (selection_->line()) emit note_wanted();
}

void LogView::move_by(std::int64_t lines) {
    if (!artifact_ || !text_.lines()) return;
    const auto now = static_cast<std::int64_t>(selection_->line() ? selection_->line() : first_line());
    const auto to = std::clamp<std::int64_t>(now + lines, 1, static_cast<std::int64_t>(text_.lines()));
    selection_->pick_line(*artifact_, static_cast<std::uint64_t>(to));
}

void LogView::keyPressEvent(QKeyEvent* event) {
    const auto page = static_cast<std::int64_t>(visible_lines());
    const auto all = static_cast<std::int64_t>(text_.lines());
    if (event->matches(QKeySequence::Copy))
        return QGuiApplication::clipboard()->setText(line_as_text(selection_->line()));
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_K:
            return move_by(-1);
        case Qt::Key_Down:
        case Qt::Key_J:
            return move_by(1);
        case Qt::Key_PageUp:
            return move_by(-page);
        case Qt::Key_PageDown:
        case Qt::Key_Space:
            return move_by(page);
        case Qt::Key_Home:
            return move_by(-all);
        case Qt::Key_End:
            return move_by(all);
        case Qt::Key_Left:
            return horizontalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
        case Qt::Key_Right:
            return horizontalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepAdd);
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

}  // namespace stallsight::gui
