#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/compare/output.h"
#include "analysis/json_parts.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity: null stands for no bound.
Json interval_json(const Interval& interval) {
    return Json::array({interval.low, std::isinf(interval.high) ? Json(nullptr) : Json(interval.high)});
}

Json count_json(const SideCount& count) {
    return {{"count", count.count},
            {"occurrences", count.occurrences},
            {"rate_per_h", optional(count.rate_per_h)},
            {"interval", count.interval ? interval_json(*count.interval) : Json(nullptr)}};
}

Json counts_json(const std::vector<SideCount>& counts) {
    Json out = Json::array();
    for (const SideCount& count : counts) out.push_back(count_json(count));
    return out;
}

Json ratio_json(const std::optional<RateRatio>& ratio, const std::optional<double>& p_adjusted) {
    if (!ratio) return nullptr;
    return {{"value", optional(ratio->value)},
            {"interval", interval_json(ratio->interval)},
            {"p", ratio->p},
            {"p_adjusted", optional(p_adjusted)}};
}

Json sampled_json(const Sampled& sampled) {
    return {{"n", sampled.n}, {"mean", sampled.mean}, {"spread", sampled.spread}};
}

Json side_json(const ComparedSide& side) {
    Json values = Json::object();
    for (const auto& [measure, list] : side.torture.values) values[measure] = sampled_json(sampled(list));
    return {{"name", side.name},
            {"artifacts", side.artifacts},
            {"exposure_s", side.exposure_s},
            {"rcutorture",
             {{"samples", side.torture.samples},
              {"failures", side.torture.failures},
              {"results", side.torture.results},
              {"versions", side.torture.versions},
              {"versions_per_s", optional(side.torture.versions_per_s)},
              {"measures", std::move(values)}}}};
}

Json near_json(const Comparison& comparison, const SignatureComparison& row) {
    Json out = Json::array();
    for (const NearMatch& near : row.near)
        out.push_back({{"signature", comparison.signatures[near.signature].signature},
                       {"title", comparison.signatures[near.signature].title},
                       {"stack_distance", near.distance},
                       {"only_here", near.only_here},
                       {"only_there", near.only_there}});
    return out;
}

Json signature_json(const Comparison& comparison, const SignatureComparison& row) {
    Json functions = Json::array();
    for (const std::size_t i : row.patched) functions.push_back(comparison.patched[i].function);
    return {{"signature", row.signature},
            {"title", row.title},
            {"kind", std::string(name_of(row.kind))},
            {"function", row.function},
            {"module", row.module},
            {"verdict", std::string(name_of(row.verdict))},
            {"sentence", row.sentence},
            {"cause", row.cause},
            {"near", near_json(comparison, row)},
            {"before", count_json(row.before())},
            {"after", count_json(row.after())},
            {"series", counts_json(row.sides)},
            {"ratio", ratio_json(row.ratio, row.p_adjusted)},
            {"expected", optional(row.expected)},
            {"hours_needed", optional(row.hours_needed)},
            {"patched", !row.patched.empty()},
            {"patched_functions", std::move(functions)}};
}

Json patched_json(const PatchedFunction& function) {
    return {{"file", function.file},
            {"function", function.function},
            {"hunks", function.hunks},
            {"reports", function.reports},
            {"effect", function.effect}};
}

Json torture_json(const TortureComparison& torture) {
    Json measures = Json::array();
    for (const MeasureComparison& row : torture.measures)
        measures.push_back({{"measure", std::string(row.measure->key)},
                            {"unit", std::string(row.measure->unit)},
                            {"before", sampled_json(row.before)},
                            {"after", sampled_json(row.after)},
                            {"p", optional(row.p)}});
    return {{"measures", std::move(measures)},
            {"failures", ratio_json(torture.failures, std::nullopt)},
            {"sentence", torture.sentence}};
}

}  // namespace

std::string to_json(const Comparison& comparison) {
    Json sides = Json::array();
    for (const ComparedSide& side : comparison.sides) sides.push_back(side_json(side));
    Json rows = Json::array();
    for (const SignatureComparison& row : comparison.signatures) rows.push_back(signature_json(comparison, row));
    Json patched = Json::array();
    for (const PatchedFunction& function : comparison.patched) patched.push_back(patched_json(function));
    const Json out = {{"schema", "stallsight.comparison/1"},
                      {"sides", std::move(sides)},
                      {"signatures", std::move(rows)},
                      {"patch", std::move(patched)},
                      {"rcutorture", torture_json(comparison.torture)},
                      {"verdict", comparison.verdict}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
