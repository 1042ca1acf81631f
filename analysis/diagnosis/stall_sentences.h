// Stall episodes -> diagnoses.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

std::vector<Diagnosis> diagnose_stalls(const Analysis& analysis);

// "On nt-b core-0, CPUs 3 and 5 held up RCU for 19 s, from 4.71 s of uptime".
std::string stall_words(const Analysis& analysis, const StallEpisode& episode);

}  // namespace stallsight
