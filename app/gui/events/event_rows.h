// The events as rows: causes first, what follows from each below it, the same report again folded into the first.
#pragma once

#include <functional>

#include "analysis/analysis.h"
#include "app/gui/rows/row_model.h"

namespace stallsight::gui {

// Only the events that `wanted` takes; all of them without it.
using EventFilter = std::function<bool(const EventInfo&)>;
std::vector<Row> event_rows(const Analysis& analysis, const EventFilter& wanted = {});

// "3 in 2 incidents"
QString events_in_words(const Analysis& analysis);

struct TortureSummary {
    std::size_t statistics = 0, forward_progress = 0;
    double versions_per_s = 0;  // 0: not known
    bool failed = false;
    std::string failure;  // what failed
    std::size_t artifact = 0;
    std::uint64_t line = 0;  // of the sample that says so; else of the last one
};
// One for each core that ran rcutorture.
std::vector<TortureSummary> torture_summaries(const Analysis& analysis);

}  // namespace stallsight::gui
