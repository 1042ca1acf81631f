// The tree view that shows a RowModel.
#pragma once

#include <QStyledItemDelegate>
#include <QTreeView>

namespace stallsight::gui {

class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

class RowView : public QTreeView {
    Q_OBJECT
public:
    explicit RowView(QAbstractItemModel* model, QWidget* parent = nullptr);

    // Makes it current without telling anybody: for following a selection made elsewhere.
    void follow(const QModelIndex& index);

signals:
    void picked(const QModelIndex& index);  // also again by a click on the current row: the log may have moved on

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    bool following_ = false;
};

}  // namespace stallsight::gui
