#include "app/gui/stack/stack_panel.h"

#include <QPainter>

#include "app/gui/empty_words.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

void StackDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const StackRow& row = static_cast<const StackModel*>(index.model())->row(index.row());
    const Theme& t = theme();
    painter->save();
    QRect rect = option.rect;
    if (row.kind == StackRow::Kind::section) {
        painter->fillRect(rect, t.window);
        painter->setPen(t.muted);
        painter->setFont(bold(small(ui_font())));
        painter->drawText(rect.adjusted(12, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter, row.text);
        return painter->restore();
    }
    if (option.state & QStyle::State_Selected) painter->fillRect(rect, t.selection);
    const auto draw_right = [&](const QString& text, const QFont& font, const QColor& colour) {
        if (text.isEmpty()) return;
        const int width = QFontMetrics(font).horizontalAdvance(text);
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(QRect(rect.right() - 12 - width, rect.top(), width + 1, rect.height()), Qt::AlignVCenter,
                          text);
        rect.setRight(rect.right() - width - 10);
    };
    if (row.guilty) draw_right(QStringLiteral("◀ guilty"), bold(ui_font()), t.cause);
    draw_right(row.doubt, small(ui_font()), t.warning);
    draw_right(row.place, small(mono_font()), t.muted);
    int left = rect.left() + 12;
    const auto draw = [&](const QString& text, const QFont& font, const QColor& colour, int at_least = 0) {
        const QRect area(left, rect.top(), std::max(0, rect.right() - 8 - left), rect.height());
        const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width());
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, shown);
        left += std::max(at_least, QFontMetrics(font).horizontalAdvance(shown));
    };
    const bool inlined = row.kind == StackRow::Kind::inlined;
    draw(inlined ? QString() : QString::number(row.number), small(mono_font()), t.faint, 26);
    QFont font = row.guilty ? bold(mono_font()) : mono_font();
    font.setItalic(inlined);
    draw(row.text, font, inlined ? t.muted : t.text);
    draw(row.offset, small(mono_font()), t.faint);
    if (!row.module.isEmpty()) draw(" [" + row.module + "]", mono_font(), t.accent);
    if (!row.locks.isEmpty()) draw("  holds " + row.locks.join(", "), small(ui_font()), t.muted);
    if (inlined) draw("  inlined", small(ui_font()), t.faint);
    painter->restore();
}

QSize StackDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {200, QFontMetrics(mono_font()).height() + 9};
}

StackPanel::StackPanel(Selection* selection, QWidget* parent)
    : QListView(parent), selection_(selection), model_(new StackModel(this)) {
    setObjectName("stack");
    setAccessibleName("Stack");
    setModel(model_);
    empty_ = empty_words(this, {});
    setItemDelegate(new StackDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(selection, &Selection::changed, this, &StackPanel::follow);
    connect(selection, &Selection::analysis_changed, this, [this] {
        shown_event_ = nullptr;
        shown_task_ = nullptr;
        empty_->setText("Pick an event or a task to see its stack.");
        model_->set_rows({});
    });
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, &StackPanel::pick);
    connect(this, &QListView::doubleClicked, this, &StackPanel::source_wanted);
}

void StackPanel::focusInEvent(QFocusEvent* event) {
    // A view that gets the focus makes its first row current; that is nobody's choice.
    following_ = true;
    QListView::focusInEvent(event);
    following_ = false;
}

void StackPanel::follow() {
    following_ = true;
    if (selection_->event() != shown_event_ || selection_->task() != shown_task_) {
        shown_event_ = selection_->event();
        shown_task_ = selection_->task();
        empty_->setText(shown_event_ ? "This report prints no stack."
                                     : "Pick an event or a task to see its stack.");
        model_->set_rows(rows());
    }
    const bool current_is_it =
        currentIndex().isValid() && model_->row(currentIndex().row()).frame == selection_->frame();
    if (selection_->frame() && !current_is_it) {
        setCurrentIndex(model_->index_of_frame(*selection_->frame()));
        scrollTo(currentIndex());
    }
    following_ = false;
}

std::vector<StackRow> StackPanel::rows() const {
    if (!shown_task_) return shown_event_ ? stack_rows(*shown_event_) : std::vector<StackRow>();
    const TaskAt& at = *selection_->task_at();
    const auto& symbols = selection_->analysis()->crashes[at.crash].symbols;
    return stack_rows(*shown_task_,
                      at.task < symbols.size() ? symbols[at.task] : std::vector<std::optional<Resolution>>());
}

void StackPanel::pick(const QModelIndex& index) {
    if (following_ || !index.isValid()) return;
    const StackRow& row = model_->row(index.row());
    if (row.frame)
        selection_->pick_frame(*row.frame);
    else if (row.line && selection_->artifact())
        selection_->pick_line(*selection_->artifact(), row.line);
}

}  // namespace stallsight::gui
