// A comparison's figures for a person, the same on the command line, in the report and in the window.
#pragma once

#include <string>

#include "analysis/compare/compare.h"

namespace stallsight {

std::string side_name(const Comparison& comparison, std::size_t side);  // "before", "then", "after"

// "logs cover 3 min 44 s, rcutorture 14 samples, no failure, 8.4 versions/s"
std::string exposure_words(const ComparedSide& side);

// Of occurrences, exact, 95 %: "1 045 an hour (806 to 1 332)"; empty: no exposure.
std::string rate_words(const SideCount& count);

// The ratio of the rates with its exact interval: "0.4 (0.1 to 0.9)".
std::string ratio_words(const RateRatio& ratio);

// "runs through patched nokia_rpmsg_notify(): the patch removes the call of mutex_lock()"
std::string patched_words(const PatchedFunction& function);

// "near: WARNING in foo (stack distance 0.25); only here: foo; only there: bar"
std::string near_words(const Comparison& comparison, const NearMatch& near);

// Mean, standard deviation and number of values: "8.19 ± 2.33 (12)"; empty: there are none.
std::string sampled_words(const Sampled& values);

}  // namespace stallsight
