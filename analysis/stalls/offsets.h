// How the clocks of boards and cores stand to each other.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Of each core that something aligns with the first such core, that one included (0). `same_moments`: as
// AnalysisOptions has them; what cannot be read of them becomes a problem of the analysis.
std::vector<ClockOffset> find_offsets(Analysis& analysis, const std::vector<std::string>& same_moments);

}  // namespace stallsight
