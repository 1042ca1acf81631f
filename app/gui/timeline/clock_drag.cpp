#include "app/gui/timeline/clock_drag.h"

#include "analysis/words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QCPAxis* time_of(const LanesItem& item) {
    return item.rect()->axis(QCPAxis::atTop);
}

}  // namespace

ClockDrag::ClockDrag(LanesItem& reference, LanesItem& dragged, double from_x)
    : reference_(&reference), dragged_(&dragged), from_x_(from_x), before_(time_of(dragged)->range()) {
    const double half = time_of(reference)->range().size() / 2;
    start_ = {before_.center() - half, before_.center() + half};
    move(from_x);
}

void ClockDrag::move(double x) {
    const double by = (from_x_ - x) * start_.size() / std::max(1, dragged_->rect()->width());
    time_of(*dragged_)->setRange(start_ + by);
    const ClockOffset now = offset();
    dragged_->say("clock " + qs(offset_words(now.offset_s, now.error_s)) + " against " + reference_->lanes().title);
}

ClockOffset ClockDrag::finish(bool keep) {
    const ClockOffset set = offset();
    if (!keep) time_of(*dragged_)->setRange(before_);
    dragged_->say({});
    return set;
}

ClockOffset ClockDrag::offset() const {
    const QCPRange there = time_of(*reference_)->range(), here = time_of(*dragged_)->range();
    ClockOffset offset;
    offset.board = dragged_->lanes().board;
    offset.core = dragged_->lanes().core;
    offset.offset_s = reference_->lanes().offset.value_or(0) + there.lower - here.lower;
    offset.error_s = here.size() / std::max(1, dragged_->rect()->width());
    return offset;
}

}  // namespace stallsight::gui
