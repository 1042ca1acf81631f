// Chains -> diagnoses: reports of one function that calls the same one are one defect, however often it was
// printed.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

std::vector<Diagnosis> diagnose_defects(const Analysis& analysis);

}  // namespace stallsight
