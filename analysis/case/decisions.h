// The engineer's decisions, done to the events before chains and diagnoses are made of them.
#pragma once

#include "analysis/analysis.h"
#include "analysis/case/case_file.h"
#include "analysis/stalls/offsets.h"

namespace stallsight {

// Needs guilty functions and signatures. A decision on one report holds for every report of its signature: the
// frame that is blamed is found in each by its function.
void apply_decisions(Analysis& analysis, const CaseFile& file);

// What the engineer says of the clocks: in the case, and as options beside it.
ClockHints clock_hints(const Analysis& analysis, const CaseFile& file, std::vector<std::string> same_moments);

}  // namespace stallsight
