// Runs side by side: which signatures a patch cured, which stayed, which are new, and how sure that is.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/compare/rates.h"
#include "analysis/compare/torture.h"

namespace stallsight {

// One build: the runs of it, each a bundle.
using Side = std::vector<const Analysis*>;

struct ComparedSide {
    std::string name;  // of its bundles
    std::vector<std::string> artifacts;
    double exposure_s = 0;  // kernel time that its logs cover, summed over runs, cores and boots
    TortureSide torture;
};

struct SideCount {
    std::size_t count = 0;  // reports
    // What the statistics count: all reports of one stall are one occurrence, and so is a report that two logs of
    // a core hold.
    std::size_t occurrences = 0;
    std::optional<double> rate_per_h;  // of occurrences; needs an exposure
    std::optional<Interval> interval;  // of that rate, exact, 95 %
};

enum class Verdict {
    cured,      // gone, and the interval of the ratio of rates excludes 1
    not_shown,  // gone, but the exposure does not prove it
    better,     // there less often than chance would have it
    unchanged,  // there, and no difference is shown
    worse,      // there more often than chance would have it
    fresh,      // "new": not there before
};
std::string_view name_of(Verdict verdict);

// A signature of the other side that may be the same trouble in other clothes.
struct NearMatch {
    std::size_t signature = 0;                       // index into Comparison::signatures
    double distance = 0;                             // stack_distance()
    std::vector<std::string> only_here, only_there;  // functions
};

struct SignatureComparison {
    std::string signature, title;
    EventKind kind = EventKind::other;
    std::string function, module;
    std::vector<SideCount> sides;  // as Comparison::sides
    // Of the signature that all its reports are consequences of: it goes and comes with it and is not tested.
    std::string cause;
    std::optional<RateRatio> ratio;      // needs exposure on both sides
    std::optional<double> p_adjusted;    // Holm over all signatures that are tested
    std::optional<double> expected;      // after, at the rate before
    std::optional<double> hours_needed;  // more, without one, until not_shown becomes cured; 0: none
    Verdict verdict = Verdict::unchanged;
    std::string sentence;  // the verdict in figures
    std::vector<NearMatch> near;
    std::vector<std::size_t> patched;  // indices into Comparison::patched: functions that its stacks run through
    [[nodiscard]] const SideCount& before() const { return sides.front(); }
    [[nodiscard]] const SideCount& after() const { return sides.back(); }
};

// A function that a patch of either side changes.
struct PatchedFunction {
    std::string file, function;
    std::size_t hunks = 0;
    std::vector<std::size_t> reports;  // that run through it, a side
    std::string effect;                // "replaces mutex_lock() by spin_lock()", or empty
};

struct Comparison {
    std::vector<ComparedSide> sides;  // in the order of builds; the first is "before", the last "after"
    std::vector<SignatureComparison> signatures;
    std::vector<PatchedFunction> patched;
    TortureComparison torture;  // of the first and the last side
    std::string verdict;        // in one paragraph
    [[nodiscard]] const ComparedSide& before() const { return sides.front(); }
    [[nodiscard]] const ComparedSide& after() const { return sides.back(); }
};

// At least two sides, each with at least one run.
Comparison compare(const std::vector<Side>& sides);

}  // namespace stallsight
