// The stacks of the selected event, or of the selected task.
#pragma once

#include <QLabel>
#include <QListView>
#include <QStyledItemDelegate>

#include "app/gui/selection.h"
#include "app/gui/stack/stack_model.h"

namespace stallsight::gui {

class StackDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

class StackPanel : public QListView {
    Q_OBJECT
public:
    explicit StackPanel(Selection* selection, QWidget* parent = nullptr);

signals:
    void source_wanted();

protected:
    void focusInEvent(QFocusEvent* event) override;

private:
    void follow();
    [[nodiscard]] std::vector<StackRow> rows() const;
    void pick(const QModelIndex& index);

    Selection* selection_;
    StackModel* model_;
    QLabel* empty_;
    const EventInfo* shown_event_ = nullptr;  // whose stack it is: the task's, else the event's
    const KernelTask* shown_task_ = nullptr;
    bool following_ = false;
};

}  // namespace stallsight::gui
