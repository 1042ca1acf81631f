// What one core's log says about another core's reboots.
#pragma once

#include "analysis/analysis.h"
#include "analysis/stalls/core.h"

namespace stallsight {

struct RebootMarker {
    double at_s = 0;               // when it was printed, on the clock of the core that says so
    bool ends = false;             // the other kernel no longer runs
    std::optional<Window> starts;  // on the same clock: when the other kernel's own clock stood at 0
    bool weak = false;             // tells a start only where the core had been lost before
    std::string place;             // "nt-a/core-0/kern.log:120"
    std::string words;             // of the line: "remote processor nt-b is now up"
};

// In the order of time. A line that names no core is about the other one where there are just two, and where all
// such lines are about one processor.
std::vector<RebootMarker> reboot_markers(const Analysis& analysis, const Core& says, const Core& of);

}  // namespace stallsight
