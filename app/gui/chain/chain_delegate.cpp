#include "app/gui/chain/chain_delegate.h"

#include <QPainter>

#include "app/gui/rows/marks.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

constexpr int bands_left = 12, bands_room = 60, right_edge = 12;

int width_of(Band band) {
    switch (band) {
        case Band::bottom_halves:
            return 26;
        case Band::lock:
        case Band::unexplained:
            return 14;
        default:
            return 11;
    }
}

void paint_bands(QPainter& painter, const QRect& rect, const std::vector<Band>& bands) {
    const Theme& t = theme();
    int x = rect.left() + bands_left;
    for (Band band : bands) {
        const QColor colour = band == Band::may_sleep       ? t.band_free
                              : band == Band::bottom_halves ? t.band_softirq
                                                            : t.band_lock;
        const QRect box(x, rect.top(), width_of(band), rect.height());
        if (band == Band::unexplained)
            painter.fillRect(box, QBrush(t.cause, Qt::BDiagPattern));
        else
            painter.fillRect(box, colour);
        x += width_of(band) + 1;
    }
}

// Draws from the right edge leftwards, so that these columns line up; returns what is left.
int draw_right(QPainter& painter, int right, const QRect& rect, const QString& text, const QFont& font,
               const QColor& colour) {
    if (text.isEmpty()) return right;
    const int width = QFontMetrics(font).horizontalAdvance(text);
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(QRect(right - width, rect.top(), width + 1, rect.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     text);
    return right - width - 6;
}

}  // namespace

void ChainDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const ChainRow& row = static_cast<const ChainModel*>(index.model())->row(index.row());
    painter->save();
    const bool current = option.state & QStyle::State_Selected;
    if (current && row.kind == ChainRow::Kind::frame)
        painter->fillRect(option.rect, theme().selection);
    else if (current)
        painter->fillRect(option.rect, theme().hover);
    paint_bands(*painter, option.rect, row.bands);
    if (row.kind == ChainRow::Kind::frame)
        paint_frame(*painter, option.rect, row);
    else
        paint_divider(*painter, option.rect, row);
    painter->restore();
}

void ChainDelegate::paint_frame(QPainter& painter, const QRect& rect, const ChainRow& row) const {
    const Theme& t = theme();
    const int middle = rect.center().y() + 1;
    int right = rect.right() - right_edge;
    if (row.role == Link::Role::guilty)
        right = draw_right(painter, right, rect, QStringLiteral("◀ guilty"), bold(ui_font()), t.cause);
    if (!row.ending.isEmpty()) right = draw_right(painter, right, rect, row.ending, ui_font(), t.cause);
    if (row.role == Link::Role::outside && row.link == 0)
        right = draw_right(painter, right, rect, "may sleep", ui_font(), t.muted);
    for (const QString& pill : {row.patched ? QStringLiteral("patch") : QString(), row.proof}) {
        if (pill.isEmpty()) continue;
        const int width = static_cast<int>(pill_width(pill));
        draw_pill(painter, right - width, middle, pill,
                  pill == "patch"         ? t.accent
                  : pill == "unexplained" ? t.cause
                                          : t.muted);
        right -= width + 6;
    }
    right = draw_right(painter, right, rect, row.count, mono_font(),
                       row.role == Link::Role::disables ? t.warning : t.cause);

    const bool key =
        row.role == Link::Role::disables || row.role == Link::Role::guilty || row.role == Link::Role::ends;
    int left = rect.left() + bands_left + bands_room + 12;
    const auto draw = [&](const QString& text, const QFont& font, const QColor& colour) {
        const QRect area(left, rect.top(), std::max(0, right - left), rect.height());
        const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width());
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, shown);
        left += QFontMetrics(font).horizontalAdvance(shown) + 8;
    };
    const bool aside = row.role == Link::Role::outside || row.role == Link::Role::reporting;
    draw(row.text, key ? bold(mono_font()) : mono_font(), aside ? t.muted : t.text);
    if (!row.module.isEmpty()) draw(row.module, mono_font(), t.accent);
    if (!row.effect.isEmpty() && row.role == Link::Role::inside && right - left > 50)
        draw(row.effect, small(ui_font()), t.muted);
}

void ChainDelegate::paint_divider(QPainter& painter, const QRect& rect, const ChainRow& row) const {
    const Theme& t = theme();
    painter.setPen(QPen(t.line, 1, Qt::DashLine));
    if (row.kind != ChainRow::Kind::slept_here) painter.drawLine(rect.left(), rect.top(), rect.right(), rect.top());
    painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom());
    const QColor colour = row.kind == ChainRow::Kind::fold            ? t.muted
                          : row.kind == ChainRow::Kind::disabled_here ? t.warning
                                                                      : t.cause;
    constexpr int gap = 10;
    int left = rect.left() + bands_left + bands_room + 12;
    const int right = rect.right() - right_edge;
    const auto draw = [&](const QString& text, const QFont& font, int width) {
        const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, std::max(width, 0));
        painter.setFont(font);
        painter.drawText(QRect(left, rect.top(), right - left, rect.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         shown);
        if (!shown.isEmpty()) left += QFontMetrics(font).horizontalAdvance(shown) + gap;
    };
    painter.setPen(colour);
    // A number stays whole where words can give way; a sum is longer than its words.
    const bool sum = row.kind == ChainRow::Kind::slept_here;
    const int number =
        sum || row.count.isEmpty() ? 0 : QFontMetrics(mono_font()).horizontalAdvance(row.count) + gap;
    draw(row.text, ui_font(), right - left - number);
    draw(row.count, mono_font(), right - left);
}

QSize ChainDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {200, QFontMetrics(mono_font()).height() + 10};
}

}  // namespace stallsight::gui
