#include "app/gui/timeline/timeline_plot.h"

#include <QToolTip>

#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int lane_height = 24, curve_height = 40, left_margin = 116, top_margin = 26, right_margin = 30;

// "50 340 s": thin spaces in long numbers.
class SecondsTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        QString text = QString::number(tick, 'f', decimals());
        const QString whole = text.section('.', 0, 0), rest = text.section('.', 1);
        return grouped(whole.toLongLong()) + (rest.isEmpty() ? QString() : '.' + rest) + " s";
    }
    double getTickStep(const QCPRange& range) override { return mTickStep = QCPAxisTicker::getTickStep(range); }

private:
    // As many as tell one tick from the next: steps of 2.5 s need one.
    [[nodiscard]] int decimals() const {
        constexpr int most = 6;  // a microsecond is what the kernel's clock prints
        int digits = 0;
        for (double step = mTickStep; digits < most && std::abs(step - std::round(step)) > 1e-6 * step; step *= 10)
            ++digits;
        return digits;
    }

    double mTickStep = 1;
};

void style_axis(QCPAxis* axis) {
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelFont(small(ui_font()));
    axis->setTickLabelColor(theme().muted);
    axis->grid()->setPen(QPen(theme().line, 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setSubGridVisible(false);
}

}  // namespace

TimelinePlot::TimelinePlot(QWidget* parent) : QCustomPlot(parent) {
    setObjectName("timeline");
    setAccessibleName("Timeline");
    plotLayout()->clear();
    plotLayout()->setRowSpacing(0);
    plotLayout()->setMargins(QMargins());
    setInteractions(QCP::iRangeDrag);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

void TimelinePlot::set_lanes(std::vector<CoreLanes> cores) {
    clearItems();
    clearPlottables();
    plotLayout()->clear();
    items_.clear();
    selected_item_ = measured_ = nullptr;
    clock_drag_.reset();
    setBackground(QBrush(theme().panel));
    needed_height_ = 0;
    int row = 0;
    for (CoreLanes& lanes : cores) needed_height_ += add_core(row++, std::move(lanes));
    show_all();
    // Takes what is left, so that the lanes keep their height in a tall window.
    plotLayout()->addElement(row, 0, new QCPLayoutElement(this));
    setMinimumHeight(needed_height_);
    replot();
}

int TimelinePlot::add_core(int row, CoreLanes lanes) {
    auto* rect = new QCPAxisRect(this, false);
    plotLayout()->addElement(row, 0, rect);
    QCPAxis* top = rect->addAxis(QCPAxis::atTop);
    QCPAxis* left = rect->addAxis(QCPAxis::atLeft);
    QCPAxis* right = rect->addAxis(QCPAxis::atRight);
    for (QCPAxis* axis : {top, left, right}) style_axis(axis);
    right->setVisible(false);
    const int bottom = lanes.basis.isEmpty() ? 8 : 24;
    rect->setAutoMargins(QCP::msNone);
    rect->setMargins(QMargins(left_margin, top_margin, right_margin, bottom));
    rect->setRangeDragAxes(top, nullptr);
    rect->setRangeDrag(Qt::Horizontal);

    const int cpus = static_cast<int>(lanes.cpus.size());
    const double curve_lanes = lanes.curve.empty() ? 0 : static_cast<double>(curve_height) / lane_height;
    QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
    for (int lane = 0; lane < cpus; ++lane) {
        const int cpu = lanes.cpus[static_cast<std::size_t>(lane)];
        names->addTick(lane + 0.5, cpu < 0 ? QString("CPU ?") : QString("CPU %1").arg(cpu));
    }
    if (curve_lanes > 0) names->addTick(cpus + curve_lanes / 2, "versions/s");
    left->setTicker(names);
    left->setRange(0, cpus + curve_lanes);
    left->setRangeReversed(true);
    left->grid()->setVisible(false);
    top->grid()->setVisible(true);  // only the lower and the left axis have theirs on from the start
    top->setTicker(QSharedPointer<QCPAxisTicker>(new SecondsTicker));
    top->ticker()->setTickCount(std::clamp((width() - left_margin) / 110, 2, 9));
    const int height = top_margin + cpus * lane_height + static_cast<int>(curve_lanes * lane_height) + bottom;
    rect->setMinimumSize(100, height - top_margin - bottom);
    rect->setMaximumSize(QWIDGETSIZE_MAX, height - top_margin - bottom);
    rect->setSizeConstraintRect(QCPLayoutElement::scrInnerRect);
    if (curve_lanes > 0) add_curve(rect, lanes);
    items_.push_back(new LanesItem(rect, std::move(lanes)));
    return height;
}

void TimelinePlot::add_curve(QCPAxisRect* rect, const CoreLanes& lanes) {
    double highest = 0;
    auto* graph = addGraph(rect->axis(QCPAxis::atTop), rect->axis(QCPAxis::atRight));
    for (const CurvePoint& point : lanes.curve) {
        graph->addData(point.time, point.rate);
        highest = std::max(highest, point.rate);
    }
    // The rate of an interval belongs to the whole interval before its sample.
    graph->setLineStyle(QCPGraph::lsStepRight);
    graph->setPen(QPen(theme().accent, 1.6));
    graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme().accent, theme().accent, 5));
    const double lanes_high = rect->axis(QCPAxis::atLeft)->range().size();
    const double curve_lanes = lanes_high - static_cast<double>(lanes.cpus.size());
    const double top =
        std::max(highest, 1.0);  // below 0 there is room for the points of a writer that stands still
    rect->axis(QCPAxis::atRight)->setRange(-0.1 * top, 1.4 * top * lanes_high / curve_lanes);
}

void TimelinePlot::select(const std::string& event, const std::string& board, const std::string& core,
                          std::optional<double> time) {
    selected_item_ = nullptr;
    selected_time_ = time;
    // Of a core that booted several times, the boot that has it.
    const bool shown = std::any_of(items_.begin(), items_.end(), [&](LanesItem* item) { return item->has(event); });
    for (LanesItem* item : items_) {
        const bool here =
            item->lanes().board == board && item->lanes().core == core && (!shown || item->has(event));
        item->select(event, here ? time : std::nullopt);
        if (!here) continue;
        selected_item_ = item;
        QCPAxis* axis = item->rect()->axis(QCPAxis::atTop);
        if (time && !axis->range().contains(*time)) axis->moveRange(*time - axis->range().center());
    }
    replot(rpQueuedReplot);
}

void TimelinePlot::fit() {
    show_all();
    replot(rpQueuedReplot);
}

// Cores whose clocks are aligned show the same moments, so that what happened together stands together.
QCPRange TimelinePlot::whole(const LanesItem& shown) const {
    const CoreLanes& lanes = shown.lanes();
    QCPRange range(lanes.first, lanes.last);
    for (const LanesItem* item : items_) {
        const CoreLanes& other = item->lanes();
        if (lanes.offset && other.offset)
            range.expand(QCPRange(other.first, other.last) + (*other.offset - *lanes.offset));
    }
    return range;
}

void TimelinePlot::show_all() {
    for (const LanesItem* item : items_) item->rect()->axis(QCPAxis::atTop)->setRange(whole(*item));
}

void TimelinePlot::zoom(double factor) {
    LanesItem* item = selected_item_ ? selected_item_ : items_.empty() ? nullptr : items_.front();
    if (!item) return;
    QCPRange range = item->rect()->axis(QCPAxis::atTop)->range();
    const double around = selected_time_ && range.contains(*selected_time_) ? *selected_time_ : range.center();
    set_range(*item, {around + (range.lower - around) * factor, around + (range.upper - around) * factor});
}

void TimelinePlot::pan(double share) {
    LanesItem* item = selected_item_ ? selected_item_ : items_.empty() ? nullptr : items_.front();
    if (!item) return;
    const QCPRange range = item->rect()->axis(QCPAxis::atTop)->range();
    set_range(*item, {range.lower + share * range.size(), range.upper + share * range.size()});
}

void TimelinePlot::clear_range() {
    for (LanesItem* item : items_) item->measure(std::nullopt);
    replot(rpQueuedReplot);
    emit range_cleared();
}

void TimelinePlot::set_range(const LanesItem& item, QCPRange range) {
    // A microsecond is what the kernel's clock prints; far outside the log there is nothing to see.
    if (range.size() < 20e-6 || range.size() > whole(item).size() * 4) return;
    item.rect()->axis(QCPAxis::atTop)->setRange(range);
    // Cores whose clocks are aligned show the same moments.
    for (LanesItem* other : items_)
        if (other != &item && item.lanes().offset && other->lanes().offset)
            other->rect()->axis(QCPAxis::atTop)->setRange(range + (*item.lanes().offset - *other->lanes().offset));
    replot(rpQueuedReplot);
}

LanesItem* TimelinePlot::item_at(const QPointF& at) const {
    for (LanesItem* item : items_)
        if (item->rect()->outerRect().contains(at.toPoint())) return item;
    return nullptr;
}

// The core whose name is there, unless the others are set against it.
LanesItem* TimelinePlot::clock_at(const QPointF& at) const {
    LanesItem* item = at.x() < left_margin ? item_at(at) : nullptr;
    return items_.empty() || item == items_.front() || (item && !item->lanes().last_boot) ? nullptr : item;
}

void TimelinePlot::wheelEvent(QWheelEvent* event) {
    LanesItem* item = item_at(event->position());
    const int turn = event->angleDelta().y() ? event->angleDelta().y() : event->angleDelta().x();
    if (!item || !(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))) return event->ignore();
    const QCPAxis* axis = item->rect()->axis(QCPAxis::atTop);
    const QCPRange range = axis->range();
    if (event->modifiers() & Qt::ShiftModifier) {
        const double by = range.size() * -turn / 1200.0;
        set_range(*item, {range.lower + by, range.upper + by});
    } else {
        const double around = axis->pixelToCoord(event->position().x()), factor = std::pow(0.8, turn / 120.0);
        set_range(*item, {around + (range.lower - around) * factor, around + (range.upper - around) * factor});
    }
    event->accept();
}

void TimelinePlot::mousePressEvent(QMouseEvent* event) {
    pressed_ = event->pos();
    LanesItem* item = item_at(event->pos());
    if (LanesItem* dragged = clock_at(event->position()); dragged && event->button() == Qt::LeftButton) {
        clock_drag_.emplace(*items_.front(), *dragged, event->position().x());
        return replot(rpQueuedReplot);
    }
    if (event->modifiers() & Qt::ShiftModifier && item) {
        measured_ = item;
        measured_from_ = item->rect()->axis(QCPAxis::atTop)->pixelToCoord(event->pos().x());
        return;
    }
    QCustomPlot::mousePressEvent(event);
}

void TimelinePlot::mouseMoveEvent(QMouseEvent* event) {
    if (clock_drag_) {
        clock_drag_->move(event->position().x());
        return replot(rpQueuedReplot);
    }
    if (measured_) {
        measured_->measure(
            {{measured_from_, measured_->rect()->axis(QCPAxis::atTop)->pixelToCoord(event->pos().x())}});
        return replot(rpQueuedReplot);
    }
    QCustomPlot::mouseMoveEvent(event);
    if (event->buttons()) return;
    const LanesItem* item = item_at(event->pos());
    const LanesItem::Hit hit = item ? item->hit(event->pos()) : LanesItem::Hit{};
    const bool by_name = clock_at(event->position());
    setCursor(by_name ? Qt::SizeHorCursor : hit.event.empty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    if (by_name)
        QToolTip::showText(event->globalPosition().toPoint(),
                           "drag to set this core's clock against the first one's", this);
    else if (hit.tip.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(event->globalPosition().toPoint(), hit.tip, this);
}

void TimelinePlot::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = (event->pos() - pressed_).manhattanLength() < 4;
    if (clock_drag_) {
        const ClockOffset offset = clock_drag_->finish(!click);
        clock_drag_.reset();
        replot(rpQueuedReplot);
        if (!click) emit clock_dragged(offset);
        return;
    }
    if (measured_) {
        LanesItem* item = measured_;
        measured_ = nullptr;
        if (click || !item->span()) return clear_range();
        const auto [a, b] = *item->span();
        for (LanesItem* other : items_)
            if (other != item) other->measure(std::nullopt);
        replot(rpQueuedReplot);
        return emit range_picked({item->lanes().board, item->lanes().core, std::min(a, b), std::max(a, b)});
    }
    QCustomPlot::mouseReleaseEvent(event);
    const LanesItem* item = click ? item_at(event->pos()) : nullptr;
    if (!item) return;
    if (const LanesItem::Hit hit = item->hit(event->pos()); !hit.event.empty()) emit event_picked(hit.event);
}

void TimelinePlot::resizeEvent(QResizeEvent* event) {
    // As many ticks as there is room for their numbers.
    for (const LanesItem* item : items_)
        item->rect()
            ->axis(QCPAxis::atTop)
            ->ticker()
            ->setTickCount(std::clamp((event->size().width() - left_margin) / 110, 2, 9));
    QCustomPlot::resizeEvent(event);
}

void TimelinePlot::leaveEvent(QEvent* event) {
    QToolTip::hideText();
    QCustomPlot::leaveEvent(event);
}

}  // namespace stallsight::gui
