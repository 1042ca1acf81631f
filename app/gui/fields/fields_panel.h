// The fields of the selected event, or of the selected task of a dump.
#pragma once

#include <QStandardItemModel>
#include <QTreeView>

#include "app/gui/selection.h"

namespace stallsight::gui {

class FieldsPanel : public QTreeView {
    Q_OBJECT
public:
    explicit FieldsPanel(Selection* selection, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow();

    Selection* selection_;
    QStandardItemModel* model_;
    const void* shown_ = nullptr;  // the event or the task
};

}  // namespace stallsight::gui
