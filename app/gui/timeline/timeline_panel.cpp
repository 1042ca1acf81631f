#include "app/gui/timeline/timeline_panel.h"

#include <QKeyEvent>

#include "app/gui/empty_words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

TimelinePanel::TimelinePanel(Selection* selection, QWidget* parent)
    : Panel("Timeline", parent),
      selection_(selection),
      plot_(new TimelinePlot),
      scroll_(new QScrollArea),
      empty_(
          empty_words(plot_, "Nothing to draw: no report, stall or rcutorture sample in these logs has a time.")) {
    scroll_->setWidget(plot_);
    scroll_->setWidgetResizable(true);
    scroll_->setFocusProxy(plot_);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusProxy(plot_);
    set_content(scroll_);
    connect(selection, &Selection::analysis_changed, this, &TimelinePanel::rebuild);
    connect(selection, &Selection::changed, this, &TimelinePanel::follow);
    connect(plot_, &TimelinePlot::event_picked, selection_, &Selection::pick_event);
    connect(plot_, &TimelinePlot::range_picked, selection_, &Selection::pick_range);
    connect(plot_, &TimelinePlot::range_cleared, selection_, &Selection::clear_range);
}

void TimelinePanel::rebuild() {
    const AnalysisPtr& analysis = selection_->analysis();
    plot_->set_lanes(analysis ? timeline_lanes(*analysis) : std::vector<CoreLanes>());
    const bool empty = plot_->items().empty();
    empty_->setVisible(empty);
    set_note(empty
                 ? QString()
                 : QStringLiteral(
                       "uptime of each core · Ctrl+wheel zooms · drag pans · Shift+drag filters by time · F fits"));
}

void TimelinePanel::follow() {
    const AnalysisPtr& analysis = selection_->analysis();
    const EventInfo* event = selection_->event();
    if (!analysis || !selection_->artifact()) return;
    const Artifact& artifact = analysis->artifacts[*selection_->artifact()].artifact;
    std::optional<double> time;
    if (event && event->report.time && event->artifact == *selection_->artifact())
        time = seconds(*event->report.time);
    plot_->select(event ? event->id : std::string(), artifact.board, artifact.core, time);
}

void TimelinePanel::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_F:
            return plot_->fit();
        case Qt::Key_Escape:
            return plot_->clear_range();
        case Qt::Key_Plus:
        case Qt::Key_Equal:
        case Qt::Key_W:
            return plot_->zoom(0.7);
        case Qt::Key_Minus:
        case Qt::Key_S:
            return plot_->zoom(1 / 0.7);
        case Qt::Key_Left:
        case Qt::Key_A:
            return plot_->pan(-0.15);
        case Qt::Key_Right:
        case Qt::Key_D:
            return plot_->pan(0.15);
        case Qt::Key_Period:
            return selection_->step(1);
        case Qt::Key_Comma:
            return selection_->step(-1);
        default:
            Panel::keyPressEvent(event);
    }
}

}  // namespace stallsight::gui
