#include "app/gui/timeline/lanes_item.h"

#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr double mark_size = 13;

}  // namespace

LanesItem::LanesItem(QCPAxisRect* rect, CoreLanes lanes)
    : QCPAbstractItem(rect->parentPlot()), rect_(rect), lanes_(std::move(lanes)) {
    setClipToAxisRect(false);  // the core's name and the HZ line stand outside
    setSelectable(false);
    for (std::size_t i = 0; i < lanes_.marks.size(); ++i) by_event_.emplace(lanes_.marks[i].event, i);
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
    if (!rect_->rect().adjusted(-2, 0, 8, 0).contains(at.toPoint())) return {};
    const std::vector<const LaneMark*> marks = distinct_marks();
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark)
        if ((place_of(**mark) - at).manhattanLength() < mark_size) return {(*mark)->event, (*mark)->tip};
    for (const LaneBar& bar : lanes_.bars)
        if (box_of(bar).contains(at)) return {bar.event, bar.tip};
    for (const CurvePoint& point : lanes_.curve) {
        const double x = rect_->axis(QCPAxis::atTop)->coordToPixel(point.time);
        if (std::abs(x - at.x()) < 5 &&
            at.y() > rect_->axis(QCPAxis::atLeft)->coordToPixel(static_cast<double>(lanes_.cpus.size())))
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
    const QCPRange seen = rect_->axis(QCPAxis::atTop)->range();
    for (const LaneBar& bar : lanes_.bars)
        if (bar.end >= seen.lower && bar.start <= seen.upper) draw_bar(painter, bar);
    draw_marks(painter);
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
    painter->setFont(small(ui_font()));
    painter->setPen(theme().muted);
    const QRect below(outside.left() + 12, inside.bottom() + 3, outside.width() - 24,
                      outside.bottom() - inside.bottom() - 6);
    painter->drawText(below, Qt::AlignLeft | Qt::AlignTop,
                      QFontMetrics(painter->font()).elidedText(lanes_.basis, Qt::ElideRight, below.width()));
    if (lanes_.curve.empty()) return;
    const CurvePoint& last = lanes_.curve.back();
    painter->setPen(theme().accent);
    const QPointF end(rect_->axis(QCPAxis::atTop)->coordToPixel(last.time),
                      rect_->axis(QCPAxis::atRight)->coordToPixel(last.rate));
    if (inside.contains(end.toPoint()))
        painter->drawText(QRectF(end.x() - 60, end.y() + 3, 58, 16), Qt::AlignRight | Qt::AlignTop,
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
    const QRectF seen = box.intersected(rect_->rect());
    if (box.height() < 12) return;  // too flat for words: the tooltip has them
    painter->setFont(small(ui_font()));
    const QFontMetricsF metrics(painter->font());
    QRectF words = seen.adjusted(8, 0, -6, 0);
    if (words.width() < 60) {
        words = QRectF(seen.left() - 8 - metrics.horizontalAdvance(bar.text), box.top(),
                       metrics.horizontalAdvance(bar.text) + 2, box.height());
        if (words.left() < rect_->left()) words.moveLeft(seen.right() + 12);
        painter->setPen(t.text);
    } else if (starved) {
        QRectF back(words.left() - 4, words.top() + 1,
                    std::min(metrics.horizontalAdvance(bar.text), words.width()) + 8, words.height() - 2);
        painter->setBrush(t.panel);
        painter->drawRoundedRect(back, 2, 2);
        painter->setPen(t.text);
    } else {
        painter->setPen(t.stall_bar_text);
    }
    painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(bar.text, Qt::ElideRight, words.width()));
}

// Marks that are seen, without those that stand within a few pixels of the one before them in the same lane and look
// the same: what 100 000 of them look like is drawn with a thousand.
std::vector<const LaneMark*> LanesItem::distinct_marks() const {
    constexpr double apart = 4;
    const QCPAxis* axis = rect_->axis(QCPAxis::atTop);
    const QCPRange seen = axis->range();
    const double edge = seen.size() * mark_size / std::max(1, rect_->width());
    std::map<std::pair<int, Mark>, double> last;  // lane and look -> where the last one stands
    std::vector<const LaneMark*> out;
    const auto first = std::lower_bound(lanes_.marks.begin(), lanes_.marks.end(), seen.lower - edge,
                                        [](const LaneMark& mark, double time) { return mark.time < time; });
    for (auto mark = first; mark != lanes_.marks.end() && mark->time <= seen.upper + edge; ++mark) {
        const double x = axis->coordToPixel(mark->time);
        const auto [place, fresh] = last.try_emplace({mark->lane, mark->mark}, x);
        if (!fresh && x - place->second < apart && mark->event != selected_) continue;
        place->second = x;
        out.push_back(&*mark);
    }
    return out;
}

void LanesItem::draw_marks(QCPPainter* painter) const {
    painter->setAntialiasing(true);
    const std::vector<const LaneMark*> marks = distinct_marks();
    painter->setPen(QPen(theme().muted, 1.2, Qt::DotLine));
    for (const LaneMark* mark : marks)
        if (const auto cause = by_event_.find(mark->caused_by); cause != by_event_.end())
            painter->drawLine(place_of(lanes_.marks[cause->second]), place_of(*mark));
    for (const LaneMark* shown : marks) {
        const LaneMark& mark = *shown;
        const QPointF at = place_of(mark);
        const QRectF box(at.x() - mark_size / 2, at.y() - mark_size / 2, mark_size, mark_size);
        if (mark.event == selected_) {
            painter->setPen(QPen(theme().accent, 1.6));
            painter->setBrush(theme().panel);
            painter->drawEllipse(at, mark_size * 0.8, mark_size * 0.8);
        }
        draw_mark(*painter, box, mark.mark);
    }
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
