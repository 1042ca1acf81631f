#include "app/gui/widget_style.h"

#include <QPainter>
#include <QStyleOptionComboBox>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

void draw_box(QPainter& painter, const QRect& rect, qreal radius, const QColor& rim) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(rim, 1));
    painter.setBrush(theme().raised);
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

void draw_check_box(QPainter& painter, const QStyleOption& option) {
    const int side = std::min({option.rect.width(), option.rect.height(), 14});
    QRect box(0, 0, side, side);
    box.moveCenter(option.rect.center());
    // Nothing but its rim tells an empty one from the window: that needs a contrast of 3 (WCAG 2.1, 1.4.11).
    draw_box(painter, box, 2.5, option.state & QStyle::State_HasFocus ? theme().accent : theme().faint);
    if (!(option.state & QStyle::State_On)) return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().accent);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5);
    painter.setPen(QPen(theme().panel, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF at = QPointF(box.topLeft());
    const QPointF tick[] = {at + QPointF(0.24, 0.54) * side, at + QPointF(0.43, 0.73) * side,
                            at + QPointF(0.78, 0.30) * side};
    painter.drawPolyline(tick, 3);
}

void draw_choice(QPainter& painter, const QStyleOptionComboBox& option) {
    draw_box(painter, option.rect, 4, option.state & QStyle::State_HasFocus ? theme().accent : theme().line);
    const QPointF middle(option.rect.right() - 12, option.rect.center().y() + 1);
    painter.setPen(QPen(theme().muted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF arrow[] = {middle + QPointF(-3.5, -2), middle + QPointF(0, 1.5), middle + QPointF(3.5, -2)};
    painter.drawPolyline(arrow, 3);
}

}  // namespace

WidgetStyle::WidgetStyle() : QProxyStyle("Fusion") {}

void WidgetStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const {
    if (element != PE_IndicatorCheckBox && element != PE_IndicatorItemViewItemCheck)
        return QProxyStyle::drawPrimitive(element, option, painter, widget);
    painter->save();
    draw_check_box(*painter, *option);
    painter->restore();
}

void WidgetStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                     const QWidget* widget) const {
    const auto* choice = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (control != CC_ComboBox || !choice || choice->editable)
        return QProxyStyle::drawComplexControl(control, option, painter, widget);
    painter->save();
    draw_choice(*painter, *choice);
    painter->restore();
}

}  // namespace stallsight::gui
