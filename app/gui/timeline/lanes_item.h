// Draws one core's lanes into its axis rect: bars with their meaning in them, marks, and what follows from what.
#pragma once

#include <qcustomplot.h>

#include <map>

#include "app/gui/timeline/bar_words.h"
#include "app/gui/timeline/timeline_data.h"

namespace stallsight::gui {

class LanesItem : public QCPAbstractItem {
    Q_OBJECT
public:
    // What is under the mouse: an event and what to say about it.
    struct Hit {
        std::string event;
        QString tip;
    };

    LanesItem(QCPAxisRect* rect, CoreLanes lanes);

    [[nodiscard]] const CoreLanes& lanes() const { return lanes_; }
    [[nodiscard]] QCPAxisRect* rect() const { return rect_; }
    [[nodiscard]] Hit hit(const QPointF& at) const;
    [[nodiscard]] bool has(const std::string& event) const { return by_event_.contains(event); }
    // The marks that are drawn.
    [[nodiscard]] std::vector<const LaneMark*> distinct_marks() const;
    void select(const std::string& event, std::optional<double> time);
    // Stands where the clock's basis does, until it is empty again.
    void say(const QString& words) { said_ = words; }
    // The time span that is marked, or none.
    void measure(std::optional<std::pair<double, double>> span) { span_ = span; }
    [[nodiscard]] const std::optional<std::pair<double, double>>& span() const { return span_; }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    void draw(QCPPainter* painter) override;

private:
    [[nodiscard]] QRectF box_of(const LaneBar& bar) const;
    [[nodiscard]] QPointF place_of(const LaneMark& mark) const;
    void draw_words(QCPPainter* painter) const;
    void draw_curve_end(QCPPainter* painter) const;
    void draw_bars(QCPPainter* painter, const std::vector<const LaneMark*>& marks) const;
    void draw_bar(QCPPainter* painter, const LaneBar& bar) const;
    void draw_bar_words(QCPPainter* painter, const LaneBar& bar, Stretch room,
                        const std::vector<double>& marks) const;
    void draw_marks(QCPPainter* painter, const std::vector<const LaneMark*>& marks) const;
    void draw_span(QCPPainter* painter) const;

    QCPAxisRect* rect_;
    CoreLanes lanes_;
    std::map<std::string, std::size_t> by_event_;  // event -> its mark
    std::vector<std::vector<std::size_t>> alike_;  // marks of one lane that look the same, by time
    std::string selected_;
    QString said_;
    std::optional<double> cursor_;
    std::optional<std::pair<double, double>> span_;
};

}  // namespace stallsight::gui
