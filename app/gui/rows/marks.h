// The shapes that stand for what an event is: a shape each, so that colour never says it alone.
#pragma once

#include <QColor>
#include <QRectF>

#include "parsers/reports/event.h"

class QPainter;

namespace stallsight::gui {

enum class Mark { none, cause, warning, stall, good, missing, info };

Mark mark_of(EventKind kind);
QColor colour_of(Mark mark);
// `rim`: a line of this colour around it; none where it is not valid.
void draw_mark(QPainter& painter, const QRectF& box, Mark mark, const QColor& rim = {});

// A rounded label; returns its width. `left` is its left edge, `middle` the line that it is centred on.
qreal draw_pill(QPainter& painter, qreal left, qreal middle, const QString& text, const QColor& colour);
qreal pill_width(const QString& text);

}  // namespace stallsight::gui
