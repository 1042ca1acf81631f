// Two runs side by side: which signatures vanished, stayed, or are new.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

struct SideCount {
    std::size_t count = 0;
    std::optional<double> rate_per_h;  // needs an exposure
};

struct SignatureComparison {
    std::string signature, title;
    EventKind kind = EventKind::other;
    std::string function, module;
    SideCount before, after;
    std::string verdict;   // cured is never claimed without exposure: gone, but not proved, is "not_shown"
    bool patched = false;  // a hunk of a patch on either side changes a function of its chain
};

struct ComparedSide {
    std::string name;
    std::vector<std::string> artifacts;
    double exposure_s = 0;                      // kernel time that its logs cover, summed over cores
    std::optional<double> grace_periods_per_s;  // rcutorture: versions a second
    std::size_t torture_samples = 0, torture_failures = 0;
};

struct Comparison {
    ComparedSide before, after;
    std::vector<SignatureComparison> signatures;
    std::string verdict;  // one sentence
};

Comparison compare(const Analysis& before, const Analysis& after);
std::string to_json(const Comparison& comparison);  // schema stallsight.comparison/1

}  // namespace stallsight
