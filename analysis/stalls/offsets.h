// How the clocks of boards and cores stand to each other.
#pragma once

#include "analysis/analysis.h"
#include "analysis/cores.h"

namespace stallsight {

// What the engineer says.
struct ClockHints {
    std::vector<std::string> same_moments;  // as AnalysisOptions has them
    std::vector<ClockOffset> set;           // against the first core; of several for one core the last one holds
};

// Of each core that something aligns with the first such core, that one included (0). A hint that cannot be read
// becomes a problem of the analysis.
std::vector<ClockOffset> find_offsets(Analysis& analysis, const ClockHints& hints);

// How a boot's seconds are counted and how its clock stands, for a person: "HZ 250: the boot printed ...", "clock
// +99.800 s ± 0.300 s: wall clock in ...", and what contradicts either. Empty: nothing is known of it.
std::vector<std::string> clock_words(const Analysis& analysis, const CoreBoot& boot);

}  // namespace stallsight
