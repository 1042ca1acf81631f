#include "app/gui/timeline/lanes_item.h"

#include "app/gui/theme.h"
#include "app/gui/timeline/mark_pictures.h"
#include "app/gui/words.h"

namespace stallsight::gui {

LanesItem::LanesItem(QCPAxisRect* rect, CoreLanes lanes)
    : QCPAbstractItem(rect->parentPlot()), rect_(rect), lanes_(std::move(lanes)) {
    setClipToAxisRect(false);  // the core's name and the HZ line stand outside
    setSelectable(false);
    std::stable_sort(lanes_.bars.begin(), lanes_.bars.end(), [](const LaneBar& a, const LaneBar& b) {
        return std::pair(a.lane, a.start) < std::pair(b.lane, b.start);
    });
    std::map<std::pair<int, Mark>, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < lanes_.marks.size(); ++i) {
        by_event_.emplace(lanes_.marks[i].event, i);
        alike[{lanes_.marks[i].lane, lanes_.marks[i].mark}].push_back(i);
    }
    for (auto& [look, marks] : alike) alike_.push_back(std::move(marks));
}

QRectF LanesItem::box_of(const LaneBar& bar) const {
    const double left = rect_->axis(QCPAxis::atTop)->coordToPixel(bar.start);
    const double right = rect_->axis(QCPAxis::atTop)->coordToPixel(bar.end);
    const double middle = rect_->axis(QCPAxis::atLeft)->coordToPixel(bar.lane + 0.5);
    const double half = bar.kind == LaneBar::Kind::starved ? 8 : 9;
    const double height = 2 * half / bar.rows;
    return {left, middle - half + bar.row * height, std::max(right - left, 3.0), height - (bar.rows > 1 ? 1 : 0)};
}

QPointF LanesItem::place_of(const LaneMark& mark) const {
    return {rect_->axis(QCPAxis::atTop)->coordToPixel(mark.time),
            rect_->axis(QCPAxis::atLeft)->coordToPixel(mark.lane + 0.5)};
}

LanesItem::Hit LanesItem::hit(const QPointF& at) const {
    // Below the lanes stands how the seconds are counted, cut off where there is no room.
    if (at.y() > rect_->bottom()) return {{}, lanes_.basis};
    if (!rect_->rect().adjusted(-2, 0, 8, 0).contains(at.toPoint())) return {};
    const std::vector<const LaneMark*> marks = distinct_marks();
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark)
        if ((place_of(**mark) - at).manhattanLength() < mark_size) return {(*mark)->event, (*mark)->tip};
    for (const LaneBar& bar : lanes_.bars)
        if (box_of(bar).contains(at)) return {bar.event, bar.tip};
    const double time = rect_->axis(QCPAxis::atTop)->pixelToCoord(at.x());
    const bool on_curve =
        at.y() > rect_->axis(QCPAxis::atLeft)->coordToPixel(static_cast<double>(lanes_.cpus.size()));
    if (on_curve && lanes_.stopped && lanes_.stopped->contains(time)) return {{}, lanes_.stopped_tip};
    for (const CurvePoint& point : lanes_.curve) {
        const double x = rect_->axis(QCPAxis::atTop)->coordToPixel(point.time);
        if (std::abs(x - at.x()) < 5 && on_curve)
            return {{},
                    QString("rcutorture: %1 versions/s up to %2 s")
                        .arg(point.rate, 0, 'f', 1)
                        .arg(point.time, 0, 'f', 3)};
    }
    return {};
}

void LanesItem::select(const std::string& event, std::optional<double> time) {
    selected_ = event;
    cursor_ = time;
}

void LanesItem::draw(QCPPainter* painter) {
    draw_words(painter);
    painter->setPen(QPen(theme().line, 1));
    for (std::size_t lane = 0; lane <= lanes_.cpus.size(); ++lane) {
        const double y = std::round(rect_->axis(QCPAxis::atLeft)->coordToPixel(static_cast<double>(lane))) + 0.5;
        painter->drawLine(QPointF(rect_->left(), y), QPointF(rect_->right() + 10, y));
    }
    painter->save();
    painter->setClipRect(rect_->rect().adjusted(0, 0, 10, 0));
    if (cursor_) {
        const double x = std::round(rect_->axis(QCPAxis::atTop)->coordToPixel(*cursor_)) + 0.5;
        painter->setPen(QPen(theme().accent, 1));
        painter->drawLine(QPointF(x, rect_->top()), QPointF(x, rect_->bottom()));
    }
    const std::vector<const LaneMark*> marks = distinct_marks();
    draw_bars(painter, marks);
    draw_marks(painter, marks);
    draw_span(painter);
    painter->restore();
}

void LanesItem::draw_words(QCPPainter* painter) const {
    const QRect inside = rect_->rect(), outside = rect_->outerRect();
    painter->setPen(theme().text);
    painter->setFont(bold(small(ui_font())));
    // The first tick's number may reach left of the axis: the name ends before it.
    const QRect name(outside.left() + 12, outside.top() + 4, inside.left() - outside.left() - 30,
                     inside.top() - outside.top() - 8);
    painter->drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(painter->font()).elidedText(lanes_.title, Qt::ElideRight, name.width()));
    painter->setFont(said_.isEmpty() ? small(ui_font()) : bold(small(ui_font())));
    painter->setPen(said_.isEmpty() ? theme().muted : theme().accent);
    const QString& basis = said_.isEmpty() ? lanes_.basis : said_;
    const QRect below(outside.left() + 12, inside.bottom() + 3, outside.width() - 24,
                      outside.bottom() - inside.bottom() - 6);
    painter->drawText(below, Qt::AlignLeft | Qt::AlignTop,
                      QFontMetrics(painter->font()).elidedText(basis, Qt::ElideRight, below.width()));
    painter->setFont(small(ui_font()));
    draw_curve_end(painter);
}

void LanesItem::draw_curve_end(QCPPainter* painter) const {
    const QRect inside = rect_->rect();
    if (lanes_.curve.empty()) return;
    const CurvePoint& last = lanes_.curve.back();
    if (lanes_.stopped) {
        const QCPAxis* axis = rect_->axis(QCPAxis::atTop);
        const double from = axis->coordToPixel(lanes_.stopped->from_s),
                     to = axis->coordToPixel(lanes_.stopped->to_s);
        const double upper = rect_->axis(QCPAxis::atLeft)->coordToPixel(static_cast<double>(lanes_.cpus.size()));
        const QRectF box =
            QRectF(from, upper, std::max(to - from, 2.0), rect_->bottom() - upper).intersected(QRectF(inside));
        if (!box.isEmpty()) painter->fillRect(box, QBrush(theme().cause, Qt::BDiagPattern));
        painter->setPen(theme().cause);
        const QRectF words(from - 52, rect_->bottom() - 16, 48, 16);
        if (inside.contains(QPoint(static_cast<int>(from), inside.center().y()))) {
            painter->fillRect(words, theme().panel);  // the curve runs below them
            painter->drawText(words, Qt::AlignCenter, "stopped");
        }
        return;
    }
    painter->setPen(theme().accent);
    const QPointF end(rect_->axis(QCPAxis::atTop)->coordToPixel(last.time),
                      rect_->axis(QCPAxis::atRight)->coordToPixel(last.rate));
    if (!inside.adjusted(0, 0, 1, 1).contains(end.toPoint())) return;
    constexpr double high = 16, wide = 58;
    if (lanes_.ended) {
        const bool behind = end.x() + wide < inside.right();
        painter->drawText(QRectF(behind ? end.x() + 6 : end.x() - wide - 6, end.y() - high, wide, high),
                          (behind ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, "ended");
        return;
    }
    const double top = end.y() + 3 + high > rect_->bottom() ? end.y() - high - 3 : end.y() + 3;
    painter->drawText(QRectF(end.x() - wide - 2, top, wide, high), Qt::AlignRight | Qt::AlignTop,
                      QString("%1/s").arg(last.rate, 0, 'f', 0));
}

void LanesItem::draw_bar(QCPPainter* painter, const LaneBar& bar) const {
    const Theme& t = theme();
    const QRectF box = box_of(bar);
    const bool starved = bar.kind == LaneBar::Kind::starved;
    const QColor fill = starved ? t.starved_bar : t.stall_bar;
    painter->setAntialiasing(true);
    painter->setPen(!selected_.empty() && bar.event == selected_ ? QPen(t.text, 1.2) : QPen(Qt::NoPen));
    painter->setBrush(fill);
    if (bar.open) {
        // An arrow head instead of an edge: nothing in the log ends it.
        const double tip = 7;
        painter->drawPolygon(QPolygonF({box.topLeft(),
                                        box.topRight(),
                                        {box.right() + tip, box.center().y()},
                                        box.bottomRight(),
                                        box.bottomLeft()}));
    } else {
        painter->drawRoundedRect(box, 2, 2);
    }
    if (starved) {
        // Stripes tell it from a stall without the colour.
        painter->setBrush(QBrush(t.dark ? QColor(0, 0, 0, 90) : QColor(255, 255, 255, 110), Qt::BDiagPattern));
        painter->setPen(Qt::NoPen);
        painter->drawRect(box);
    }
}

void LanesItem::draw_bars(QCPPainter* painter, const std::vector<const LaneMark*>& marks) const {
    const QCPAxis* axis = rect_->axis(QCPAxis::atTop);
    const QCPRange seen = axis->range();
    std::map<int, std::vector<double>> marks_of;  // lane -> where its marks stand
    for (const LaneMark* mark : marks) marks_of[mark->lane].push_back(axis->coordToPixel(mark->time));
    Stretch room;
    for (auto bar = lanes_.bars.begin(); bar != lanes_.bars.end(); ++bar) {
        const auto next = bar + 1;
        if (bar == lanes_.bars.begin() || (bar - 1)->lane != bar->lane) room.first = rect_->left();
        const bool neighbour = next != lanes_.bars.end() && next->lane == bar->lane;
        room.second = neighbour ? axis->coordToPixel(next->start) : rect_->right();
        if (bar->end >= seen.lower && bar->start <= seen.upper) {
            draw_bar(painter, *bar);
            draw_bar_words(painter, *bar, room, marks_of[bar->lane]);
        }
        room.first = std::max(room.first, axis->coordToPixel(bar->end));
    }
}

// Where there is no room, the tooltip has its meaning.
void LanesItem::draw_bar_words(QCPPainter* painter, const LaneBar& bar, Stretch room,
                               const std::vector<double>& marks) const {
    constexpr double least_height = 12;
    const Theme& t = theme();
    const QRectF seen = box_of(bar).intersected(rect_->rect());
    if (seen.height() < least_height) return;
    painter->setFont(small(ui_font()));
    const QFontMetricsF metrics(painter->font());
    const double wanted = metrics.horizontalAdvance(bar.text) + 2;
    const auto place = place_words({seen.left(), seen.right()}, room, marks, wanted);
    if (!place) return;
    const auto [from, to] = place->at;
    const QRectF words(from, seen.top(), to - from, seen.height());
    const bool starved = bar.kind == LaneBar::Kind::starved;
    if (starved && place->inside) {  // the stripes would make it hard to read
        painter->setBrush(t.panel);
        painter->setPen(Qt::NoPen);
        painter->drawRoundedRect(
            QRectF(from - 4, words.top() + 1, std::min(wanted, words.width()) + 6, words.height() - 2), 2, 2);
    }
    painter->setPen(place->inside && !starved ? t.stall_bar_text : t.text);
    painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(bar.text, Qt::ElideRight, words.width()));
}

// Marks that are seen, by time, without those that stand within a few pixels of the one before them in the same
// lane and look the same: what 100 000 of them look like is drawn with a thousand, found by leaps and not one by
// one.
std::vector<const LaneMark*> LanesItem::distinct_marks() const {
    constexpr double apart = 5;
    const QCPRange seen = rect_->axis(QCPAxis::atTop)->range();
    const double pixel_s = seen.size() / std::max(1, rect_->width());
    const double from = seen.lower - mark_size * pixel_s, to = seen.upper + mark_size * pixel_s;
    const auto before = [&](std::size_t mark, double time) { return lanes_.marks[mark].time < time; };
    std::vector<std::size_t> distinct;
    for (const std::vector<std::size_t>& marks : alike_) {
        auto mark = std::lower_bound(marks.begin(), marks.end(), from, before);
        while (mark != marks.end() && lanes_.marks[*mark].time <= to) {
            distinct.push_back(*mark);
            mark = std::lower_bound(mark + 1, marks.end(), lanes_.marks[*mark].time + apart * pixel_s, before);
        }
    }
    if (const auto selected = by_event_.find(selected_); selected != by_event_.end())
        distinct.push_back(selected->second);
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::vector<const LaneMark*> out;
    out.reserve(distinct.size());
    for (const std::size_t mark : distinct) out.push_back(&lanes_.marks[mark]);
    return out;
}

void LanesItem::draw_marks(QCPPainter* painter, const std::vector<const LaneMark*>& marks) const {
    painter->setAntialiasing(false);  // dots stay dots, and cost little
    painter->setPen(QPen(theme().muted, 1, Qt::DotLine));
    for (const LaneMark* mark : marks)
        if (const auto cause = by_event_.find(mark->caused_by); cause != by_event_.end())
            painter->drawLine(place_of(lanes_.marks[cause->second]), place_of(*mark));
    MarkPictures pictures(*painter->device());
    for (const LaneMark* mark : marks) {
        if (mark->event == selected_) {
            painter->setAntialiasing(true);
            painter->setPen(QPen(theme().accent, 1.6));
            painter->setBrush(theme().panel);
            painter->drawEllipse(place_of(*mark), mark_size * 0.8, mark_size * 0.8);
            painter->setAntialiasing(false);
        }
        pictures.draw(*painter, place_of(*mark), mark->mark);
    }
    painter->setAntialiasing(true);
}

void LanesItem::draw_span(QCPPainter* painter) const {
    if (!span_) return;
    const double a = rect_->axis(QCPAxis::atTop)->coordToPixel(span_->first);
    const double b = rect_->axis(QCPAxis::atTop)->coordToPixel(span_->second);
    QColor veil = theme().accent;
    veil.setAlpha(40);
    painter->setPen(theme().accent);
    painter->setBrush(veil);
    const QRectF box(std::min(a, b), rect_->top(), std::abs(b - a), rect_->height());
    painter->drawRect(box);
    const QString text = QStringLiteral("Δ ") + duration(std::abs(span_->second - span_->first));
    painter->setFont(bold(small(ui_font())));
    const QRectF label(box.center().x() - 50, box.top() + 2, 100, QFontMetricsF(painter->font()).height() + 2);
    painter->fillRect(label, theme().panel);
    painter->drawText(label, Qt::AlignCenter, text);
}

}  // namespace stallsight::gui
