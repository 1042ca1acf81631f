// From events, chains and episodes to sentences: what happened, why we say so, what to do.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// The first one is the answer. Never empty: a bundle without a report gets a diagnosis that says so.
std::vector<Diagnosis> diagnose(const Analysis& analysis);

// "nt-a core-0", or empty when the bundle does not say.
std::string place_words(const Artifact& artifact);
// "nt-a/core-0/kern.log:25"
std::string evidence_place(const Analysis& analysis, const EventInfo& event, std::uint64_t line = 0);

}  // namespace stallsight
