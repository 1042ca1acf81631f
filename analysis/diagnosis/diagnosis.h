// From events, chains and episodes to sentences: what happened, why we say so, what to do.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// The first one is the answer. Never empty: a bundle without a report gets a diagnosis that says so.
std::vector<Diagnosis> diagnose(const Analysis& analysis);

}  // namespace stallsight
