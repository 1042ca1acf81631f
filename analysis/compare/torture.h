// rcutorture of two sides, measure by measure.
#pragma once

#include "analysis/analysis.h"
#include "analysis/compare/rates.h"

namespace stallsight {

struct TortureSide {
    std::size_t samples = 0, failures = 0;  // statistics samples; those that the kernel's tests call failed
    std::vector<std::string> results;       // of the runs that ended: "SUCCESS", "FAILURE", "RCU_HOTPLUG"
    std::optional<double> versions_per_s;   // first sample to last; the writer's version grows with grace periods
    std::int64_t versions = 0;              // by how much it grew
    std::map<std::string, std::vector<double>> values;  // of each measure of torture_measures()
};

struct TortureMeasure {
    std::string_view key, words, unit;
};
const std::vector<TortureMeasure>& torture_measures();

TortureSide torture_of(const std::vector<const Analysis*>& runs);

struct MeasureComparison {
    const TortureMeasure* measure = nullptr;
    Sampled before, after;
    std::optional<double> p;  // that both have one mean, after Holm; nothing: too few samples
};

struct TortureComparison {
    std::vector<MeasureComparison> measures;  // those that one side at least has
    std::optional<RateRatio> failures;        // failures a sample; nothing: a side without samples
    std::string sentence;                     // empty: no rcutorture on either side
};
TortureComparison compare_torture(const TortureSide& before, const TortureSide& after);

}  // namespace stallsight
