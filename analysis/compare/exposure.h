// How long a run was watched: the kernel time that its logs cover.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Seconds, summed over cores and boots. Two logs of one core that cover the same time (a console and its dmesg)
// count once. What lies between two logs does not count, not even when a stall fills it: a board that stands still
// is not exposed to other trouble.
double covered_seconds(const Analysis& analysis);

}  // namespace stallsight
