// One report of a stall, and what the kernel's own rules say from it: since when it lasts, and when the next report
// would be due if it still lasted.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Of a report of RCU whose first line, which names the flavor, is missing.
inline constexpr std::string_view headless_flavor = "rcu";

struct Sighting {
    const EventInfo* event = nullptr;
    double at_s = 0;
    std::string flavor;  // as StallEpisode has it
    std::optional<std::int64_t> grace_period;
    std::optional<Window> start;  // nothing: how long it lasted is not known
    std::string start_basis;      // how that is known, where it is not the report that says so
    double start_s = 0;           // the likeliest moment in it
    std::optional<double>
        due_s;  // a report later than this says nothing; no report until then says that it was over
};

// Nothing for an event that reports no stall, or that has no time. `timeout_s`: of RCU's warnings, where it is
// known.
std::optional<Sighting> sighting_of(const EventInfo& event, std::optional<int> hz, std::optional<int> timeout_s);

}  // namespace stallsight
