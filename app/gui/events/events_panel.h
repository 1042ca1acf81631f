// The list of events, grouped by incident.
#pragma once

#include "app/gui/panel.h"
#include "app/gui/rows/row_model.h"
#include "app/gui/rows/row_view.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class EventsPanel : public Panel {
    Q_OBJECT
public:
    explicit EventsPanel(Selection* selection, QWidget* parent = nullptr);

private:
    void rebuild();
    void pick(const QModelIndex& index);

    Selection* selection_;
    RowModel* model_;
    RowView* view_;
    QLabel* empty_;
};

}  // namespace stallsight::gui
