// The bundle, as a tree.
#pragma once

#include "app/gui/panel.h"
#include "app/gui/rows/row_model.h"
#include "app/gui/rows/row_view.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class BundlePanel : public Panel {
    Q_OBJECT
public:
    explicit BundlePanel(Selection* selection, QWidget* parent = nullptr);

    // With its heading: what shows every row.
    [[nodiscard]] int needed_height() const;

signals:
    void debug_info_wanted();

private:
    void rebuild();
    void follow();
    void pick(const QModelIndex& index);

    Selection* selection_;
    RowModel* model_;
    RowView* view_;
};

}  // namespace stallsight::gui
