// Fusion, with check boxes and choices in the theme's own colours: Fusion's are hardly seen on a dark window.
#pragma once

#include <QProxyStyle>

namespace stallsight::gui {

class WidgetStyle : public QProxyStyle {
    Q_OBJECT
public:
    WidgetStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
};

}  // namespace stallsight::gui
