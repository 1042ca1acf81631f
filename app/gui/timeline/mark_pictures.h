// The marks of one frame, each kind drawn once: to copy a picture is far cheaper than to fill a shape.
#pragma once

#include <QPainter>
#include <QPixmap>
#include <map>

#include "app/gui/rows/marks.h"

namespace stallsight::gui {

inline constexpr double mark_size = 13;

class MarkPictures {
public:
    explicit MarkPictures(const QPaintDevice& device) : scale_(device.devicePixelRatioF()) {}
    void draw(QPainter& painter, const QPointF& centre, Mark mark);

private:
    double scale_;
    std::map<Mark, QPixmap> pictures_;
};

}  // namespace stallsight::gui
