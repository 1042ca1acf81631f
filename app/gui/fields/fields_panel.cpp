#include "app/gui/fields/fields_panel.h"

#include <QHeaderView>
#include <QStyledItemDelegate>

#include "app/gui/empty_words.h"
#include "app/gui/fields/field_rows.h"
#include "app/gui/fields/task_fields.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

// A tree asks for the height of a row without its width, so long values would be cut off instead of wrapped.
class WrappingDelegate : public QStyledItemDelegate {
public:
    explicit WrappingDelegate(QTreeView* view) : QStyledItemDelegate(view), view_(view) {}

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        constexpr int around = 8, between = 6;
        const QSize one_line = QStyledItemDelegate::sizeHint(option, index);
        if (index.column() == 0) return one_line;
        const int width = std::max(view_->viewport()->width() - view_->columnWidth(0) - around, 40);
        const QRect words = view_->fontMetrics().boundingRect(0, 0, width, QWIDGETSIZE_MAX, Qt::TextWordWrap,
                                                              index.data().toString());
        return {width, std::max(one_line.height(), words.height() + between)};
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->displayAlignment = Qt::AlignLeft | Qt::AlignTop;  // beside a value of several lines
        option->state.setFlag(QStyle::State_HasFocus, false);     // a row is picked, not one of its cells
    }

private:
    QTreeView* view_;
};

void add_rows(QStandardItem* parent, const std::vector<FieldRow>& rows) {
    for (const FieldRow& row : rows) {
        auto* name = new QStandardItem(row.name);
        auto* value = new QStandardItem(row.value);
        name->setForeground(theme().muted);
        value->setToolTip(row.value);
        for (QStandardItem* item : {name, value}) item->setEditable(false);
        parent->appendRow({name, value});
        add_rows(name, row.parts);
    }
}

}  // namespace

FieldsPanel::FieldsPanel(Selection* selection, QWidget* parent)
    : QTreeView(parent), selection_(selection), model_(new QStandardItemModel(this)) {
    setObjectName("fields");
    setAccessibleName("Fields");
    setModel(model_);
    empty_words(this, "Pick an event or a task to see what is known of it.")->show();
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setIndentation(14);
    setWordWrap(true);
    setItemDelegate(new WrappingDelegate(this));
    connect(selection, &Selection::changed, this, &FieldsPanel::follow);
    connect(selection, &Selection::analysis_changed, this, [this] {
        shown_ = nullptr;
        model_->clear();
    });
}

void FieldsPanel::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    scheduleDelayedItemsLayout();  // other widths, other heights
}

void FieldsPanel::follow() {
    const KernelTask* task = selection_->task();
    const EventInfo* event = selection_->event();
    const void* wanted = task ? static_cast<const void*>(task) : event;
    if (wanted == shown_) return;
    shown_ = wanted;
    model_->clear();
    if (!wanted) return;
    add_rows(model_->invisibleRootItem(),
             task ? task_field_rows(*task) : field_rows(*selection_->analysis(), *event));
    expandAll();
    header()->setStretchLastSection(true);
    resizeColumnToContents(0);
    setColumnWidth(0, std::min(columnWidth(0) + 12, 190));
}

}  // namespace stallsight::gui
