// The plot itself: an axis rect a core, Ctrl+wheel zooms at the mouse, a drag pans, Shift and a drag measure; a
// core that is dragged by its name is set against the first core.
#pragma once

#include <qcustomplot.h>

#include "app/gui/selection.h"
#include "app/gui/timeline/clock_drag.h"
#include "app/gui/timeline/lanes_item.h"

namespace stallsight::gui {

class TimelinePlot : public QCustomPlot {
    Q_OBJECT
public:
    explicit TimelinePlot(QWidget* parent = nullptr);

    void set_lanes(std::vector<CoreLanes> cores);
    [[nodiscard]] const std::vector<LanesItem*>& items() const { return items_; }
    void select(const std::string& event, const std::string& board, const std::string& core,
                std::optional<double> time);
    void fit();
    void zoom(double factor);  // around the middle, or the selected time
    void pan(double share);    // of what is seen
    void clear_range();
    [[nodiscard]] int needed_height() const { return needed_height_; }

signals:
    void event_picked(const std::string& id);
    void range_picked(const stallsight::gui::TimeRange& range);
    void range_cleared();
    void clock_dragged(const stallsight::ClockOffset& offset);

protected:
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    int add_core(int row, CoreLanes lanes);
    void add_curve(QCPAxisRect* rect, const CoreLanes& lanes);
    [[nodiscard]] LanesItem* item_at(const QPointF& at) const;
    [[nodiscard]] LanesItem* clock_at(const QPointF& at) const;
    void set_range(const LanesItem& item, QCPRange range);
    [[nodiscard]] QCPRange whole(const LanesItem& shown) const;
    void show_all();

    std::vector<LanesItem*> items_;
    LanesItem* selected_item_ = nullptr;
    std::optional<double> selected_time_;
    LanesItem* measured_ = nullptr;
    std::optional<ClockDrag> clock_drag_;
    double measured_from_ = 0;
    QPoint pressed_;
    int needed_height_ = 0;
};

}  // namespace stallsight::gui
