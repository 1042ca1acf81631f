// What a stall held up: its grace period, and the tasks that waited for it.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

std::vector<std::string> held_up(const Analysis& analysis, const StallEpisode& episode);

}  // namespace stallsight
