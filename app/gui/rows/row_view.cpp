#include "app/gui/rows/row_view.h"

#include <QPainter>

#include "app/gui/rows/row_model.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

constexpr int mark_box = 10, mark_space = 17, padding = 4, gap = 7, pill_gap = 5;

int line_height() {
    return QFontMetrics(ui_font()).height();
}

int width_of(const QStringList& pills) {
    qreal width = pills.isEmpty() ? 0 : gap - pill_gap;
    for (const QString& pill : pills) width += pill_width(pill) + pill_gap;
    return static_cast<int>(width);
}

// Those that have room beside the whole title, and the others, which go to the second line. In a row of one line
// the title gives way: there is nowhere else to go.
std::pair<QStringList, QStringList> share_pills(const QStringList& pills, bool two_lines, int room) {
    if (!two_lines) return {pills, {}};
    qsizetype beside = pills.size();
    while (beside > 0 && width_of(pills.mid(0, beside)) > room) --beside;
    return {pills.mid(0, beside), pills.mid(beside)};
}

}  // namespace

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto text_of = [&](int role) { return index.data(role).toString(); };
    const QString detail = text_of(RowModel::detail_role);
    const auto mark = static_cast<Mark>(index.data(RowModel::mark_role).toInt());
    painter->save();
    QRect line = option.rect.adjusted(2, detail.isEmpty() ? 0 : padding, -6, 0);
    if (!detail.isEmpty()) line.setHeight(line_height());
    if (mark != Mark::none) {
        draw_mark(*painter, QRectF(line.left(), line.center().y() - mark_box / 2.0 + 1, mark_box, mark_box), mark);
        line.setLeft(line.left() + mark_space);
    }
    const int left = line.left();
    const auto draw = [&](const QString& text, const QFont& font, const QColor& colour, const QRect& area) {
        painter->setFont(font);
        painter->setPen(colour);
        const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width());
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, shown);
        return QFontMetrics(font).horizontalAdvance(shown);
    };
    const QFont title_font = index.data(RowModel::strong_role).toBool() ? bold(ui_font()) : ui_font();
    const QString title = index.data().toString();
    auto [beside, below] = share_pills(index.data(RowModel::pills_role).toStringList(), !detail.isEmpty(),
                                       line.width() - QFontMetrics(title_font).horizontalAdvance(title) - gap);
    line.setRight(line.right() - width_of(beside));
    line.setLeft(line.left() + draw(title, title_font, theme().text, line) + gap);
    if (const QString suffix = text_of(RowModel::suffix_role); !suffix.isEmpty() && line.width() > 20)
        line.setLeft(line.left() + draw(suffix, ui_font(), theme().muted, line) + gap);
    if (const QString link = text_of(RowModel::action_text_role); !link.isEmpty())
        draw(link, ui_font(), theme().accent, line);
    const auto draw_pills = [&](const QStringList& pills, qreal at, qreal middle) {
        for (const QString& pill : pills) at += draw_pill(*painter, at, middle, pill, theme().muted) + pill_gap;
    };
    draw_pills(beside, line.left(), line.center().y() + 1);
    if (!detail.isEmpty()) {
        const QRect second(left, line.bottom() + 1, option.rect.right() - 6 - left - width_of(below),
                           line_height());
        const int end = draw(detail, ui_font(), theme().muted, second);
        draw_pills(below, second.left() + end + gap, second.center().y() + 1);
    }
    painter->restore();
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const bool two = !index.data(RowModel::detail_role).toString().isEmpty();
    return {100, two ? 2 * line_height() + 2 * padding : line_height() + 7};
}

RowView::RowView(QAbstractItemModel* model, QWidget* parent) : QTreeView(parent) {
    setModel(model);
    setItemDelegate(new RowDelegate(this));
    setHeaderHidden(true);
    setIndentation(16);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    // The current row is what counts, and drawRow() paints it; the style would paint its arrow column its own way.
    setSelectionMode(NoSelection);
    connect(model, &QAbstractItemModel::modelReset, this, &QTreeView::expandAll);
    connect(this, &QTreeView::clicked, this, &RowView::picked);
}

void RowView::follow(const QModelIndex& index) {
    following_ = true;
    if (index.isValid() && index != currentIndex()) {
        setCurrentIndex(index);
        scrollTo(index);
    }
    if (!index.isValid()) setCurrentIndex({});
    following_ = false;
}

void RowView::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    // The whole width, arrows included, is the row: the style would leave the indentation out.
    if (index == currentIndex())
        painter->fillRect(option.rect, hasFocus() ? theme().selection : theme().selection_idle);
    QTreeView::drawRow(painter, option, index);
}

void RowView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    viewport()->update();
    if (!following_ && current.isValid()) emit picked(current);
}

}  // namespace stallsight::gui
