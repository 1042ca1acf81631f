#include "app/gui/events/events_panel.h"

#include <algorithm>

#include "app/gui/empty_words.h"
#include "app/gui/events/event_rows.h"
#include "app/gui/words.h"

namespace stallsight::gui {

EventsPanel::EventsPanel(Selection* selection, QWidget* parent)
    : Panel("Events", parent),
      selection_(selection),
      model_(new RowModel(this)),
      view_(new RowView(model_)),
      empty_(empty_words(view_, {})) {
    view_->setObjectName("event-list");
    view_->setAccessibleName("Events");
    set_content(view_);
    connect(selection, &Selection::analysis_changed, this, &EventsPanel::rebuild);
    connect(selection, &Selection::range_changed, this, &EventsPanel::rebuild);
    connect(selection, &Selection::changed, this, [this] {
        const EventInfo* event = selection_->event();
        view_->follow(event ? model_->index_of_event(event->id) : QModelIndex());
    });
    connect(view_, &RowView::picked, this, &EventsPanel::pick);
}

void EventsPanel::rebuild() {
    const AnalysisPtr& analysis = selection_->analysis();
    EventFilter wanted;
    if (selection_->range()) wanted = [this](const EventInfo& event) { return selection_->in_range(event); };
    empty_->setText(wanted ? "No report in the marked time." : "No kernel report in these logs.");
    model_->set_rows(analysis ? event_rows(*analysis, wanted) : std::vector<Row>());
    // The same report hundreds of times over would bury the other incidents.
    constexpr int most = 6;
    for (int row = 0; row < model_->rowCount(); ++row)
        if (model_->rowCount(model_->index(row, 0)) > most) view_->collapse(model_->index(row, 0));
    if (analysis && wanted)
        set_note(QString("%1 of %2 in the marked time")
                     .arg(std::count_if(analysis->events.begin(), analysis->events.end(), wanted))
                     .arg(analysis->events.size()));
    else
        set_note(analysis ? events_in_words(*analysis) : QString());
}

void EventsPanel::pick(const QModelIndex& index) {
    const Row* row = model_->row_of(index);
    if (!row) return;
    if (!row->event.empty())
        selection_->pick_event(row->event);
    else if (row->artifact && row->line)
        selection_->pick_line(*row->artifact, row->line);
}

}  // namespace stallsight::gui
