#include "app/gui/rows/marks.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include "app/gui/theme.h"

namespace stallsight::gui {

Mark mark_of(EventKind kind) {
    switch (kind) {
        case EventKind::rcu_stall:
        case EventKind::soft_lockup:
        case EventKind::hard_lockup:
        case EventKind::hung_task:
        case EventKind::workqueue_lockup:
            return Mark::stall;
        case EventKind::warning:
        case EventKind::memory_leak:
        case EventKind::lockdep:
        case EventKind::refcount:
            return Mark::warning;
        case EventKind::other:
            return Mark::info;
        default:
            return Mark::cause;
    }
}

QColor colour_of(Mark mark) {
    const Theme& t = theme();
    switch (mark) {
        case Mark::cause:
            return t.cause;
        case Mark::warning:
        case Mark::missing:
            return t.warning;
        case Mark::stall:
            return t.stall;
        case Mark::good:
            return t.good;
        default:
            return t.muted;
    }
}

void draw_mark(QPainter& painter, const QRectF& box, Mark mark, const QColor& rim) {
    if (mark == Mark::none) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(rim.isValid() ? QPen(rim, 1.5) : QPen(Qt::NoPen));
    painter.setBrush(colour_of(mark));
    const QPointF centre = box.center();
    const qreal r = box.width() / 2;
    if (mark == Mark::cause) painter.drawRect(QRectF(centre.x() - r * 0.8, centre.y() - r * 0.8, r * 1.6, r * 1.6));
    if (mark == Mark::warning)
        painter.drawPolygon(QPolygonF({{centre.x(), centre.y() - r},
                                       {centre.x() + r, centre.y() + r * 0.8},
                                       {centre.x() - r, centre.y() + r * 0.8}}));
    if (mark == Mark::stall)
        painter.drawPolygon(QPolygonF({{centre.x(), centre.y() - r},
                                       {centre.x() + r, centre.y()},
                                       {centre.x(), centre.y() + r},
                                       {centre.x() - r, centre.y()}}));
    if (mark == Mark::info) painter.drawEllipse(centre, r * 0.7, r * 0.7);
    if (mark == Mark::good || mark == Mark::missing) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour_of(mark), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (mark == Mark::good) {
            painter.drawPolyline(QPolygonF({{centre.x() - r * 0.9, centre.y()},
                                            {centre.x() - r * 0.2, centre.y() + r * 0.7},
                                            {centre.x() + r, centre.y() - r * 0.8}}));
        } else {
            painter.drawEllipse(centre, r * 0.9, r * 0.9);
            painter.drawLine(centre - QPointF(0, r * 0.5), centre + QPointF(0, r * 0.1));
            painter.drawPoint(centre + QPointF(0, r * 0.5));
        }
    }
    painter.restore();
}

qreal pill_width(const QString& text) {
    return QFontMetricsF(small(ui_font())).horizontalAdvance(text) + 14;
}

qreal draw_pill(QPainter& painter, qreal left, qreal middle, const QString& text, const QColor& colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = small(ui_font());
    const qreal height = QFontMetricsF(font).height() + 1;
    const QRectF box(left + 0.5, std::floor(middle - height / 2) + 0.5, pill_width(text) - 1, height);
    painter.setPen(QPen(theme().line, 1));
    painter.setBrush(theme().raised);
    painter.drawRoundedRect(box, height / 2, height / 2);
    painter.setPen(colour);
    painter.setFont(font);
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
    return box.width() + 1;
}

}  // namespace stallsight::gui
