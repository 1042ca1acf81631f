// Paints a row of the chain: the bands of preempt_count at its left, the frame, and what it did.
#pragma once

#include <QStyledItemDelegate>

#include "app/gui/chain/chain_model.h"

namespace stallsight::gui {

class ChainDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paint_frame(QPainter& painter, const QRect& rect, const ChainRow& row) const;
    void paint_divider(QPainter& painter, const QRect& rect, const ChainRow& row) const;
};

}  // namespace stallsight::gui
