// What to do about it, from rules kept as data.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// "took the mutex", "waited for the completion": what the guilty function did by calling a sleeping one.
std::string action_of(const std::string& sleeping_function);

std::string advice_for_sleep(const Chain& chain, const std::vector<PatchHunk>& hunks);
std::string advice_for_stall(const StallEpisode& episode);

}  // namespace stallsight
