// How fast each core's jiffies tick, and the intervals in which its CPUs held something up.
#pragma once

#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// One clock a core, in the order of `analysis.cores`.
std::vector<CoreClock> find_clocks(const Analysis& analysis);

// Needs analysis.clocks.
std::vector<StallEpisode> find_stalls(const Analysis& analysis);

}  // namespace stallsight
