// The timeline with its heading and keys.
#pragma once

#include <QScrollArea>

#include "app/gui/panel.h"
#include "app/gui/selection.h"
#include "app/gui/timeline/timeline_plot.h"

namespace stallsight::gui {

class TimelinePanel : public Panel {
    Q_OBJECT
public:
    explicit TimelinePanel(Selection* selection, QWidget* parent = nullptr);

    [[nodiscard]] TimelinePlot* plot() const { return plot_; }
    // With its heading: what shows every lane.
    [[nodiscard]] int needed_height() const { return plot_->needed_height() + 34; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void rebuild();
    void follow();

    Selection* selection_;
    TimelinePlot* plot_;
    QScrollArea* scroll_;
    QLabel* empty_;
};

}  // namespace stallsight::gui
