#include "app/gui/timeline/mark_pictures.h"

#include <cmath>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

constexpr double rim = 2, side = mark_size + 2 * rim;

QPixmap picture_of(Mark mark, double scale) {
    QPixmap picture((QSizeF(side, side) * scale).toSize());
    picture.setDevicePixelRatio(scale);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    // The rim parts a mark from a bar of its own colour.
    draw_mark(painter, QRectF(rim, rim, mark_size, mark_size), mark, theme().panel);
    return picture;
}

}  // namespace

void MarkPictures::draw(QPainter& painter, const QPointF& centre, Mark mark) {
    QPixmap& picture = pictures_[mark];
    if (picture.isNull()) picture = picture_of(mark, scale_);
    painter.drawPixmap(QPointF(std::round(centre.x() - side / 2), std::round(centre.y() - side / 2)), picture);
}

}  // namespace stallsight::gui
