// One core's lanes being dragged against another's: what offset of their clocks that means.
#pragma once

#include "app/gui/timeline/lanes_item.h"

namespace stallsight::gui {

class ClockDrag {
public:
    // `reference` stays where it is. Both show the same length of time from here on.
    ClockDrag(LanesItem& reference, LanesItem& dragged, double from_x);

    void move(double x);
    // Of the dragged core, with what a pixel's width leaves open. Puts the range back unless it is kept.
    ClockOffset finish(bool keep);

private:
    [[nodiscard]] ClockOffset offset() const;

    LanesItem* reference_;
    LanesItem* dragged_;
    double from_x_;
    QCPRange before_, start_;
};

}  // namespace stallsight::gui
