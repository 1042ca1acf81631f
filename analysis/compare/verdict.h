// From counts and exposures to verdicts, and to the sentences that give them with their figures.
#pragma once

#include "analysis/compare/compare.h"

namespace stallsight {

// Fills rates, ratios, p values (Holm over all that are tested), verdicts and sentences of the signatures.
void judge_signatures(Comparison& comparison);

// The whole in one paragraph.
std::string summary_of(const Comparison& comparison);

}  // namespace stallsight
