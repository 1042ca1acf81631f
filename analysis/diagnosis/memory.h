// What a dump's memory, or a saved session of a debugger, says of locks and grace periods -> diagnoses.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Their evidence are the reports of the same core's log that say the same: stalls of the CPU that holds up the
// grace period, hung tasks that wait for the lock.
std::vector<Diagnosis> diagnose_memory(const Analysis& analysis);

}  // namespace stallsight
