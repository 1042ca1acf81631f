#include "analysis/compare/words.h"

#include <cmath>

#include "analysis/words.h"

namespace stallsight {

namespace {

// Three digits, or all before the point.
std::string rate_number(double rate) {
    constexpr double whole_from = 100;
    if (std::isinf(rate)) return "∞";
    return rate < whole_from ? significant(rate, 3) : grouped(std::llround(rate));
}

}  // namespace

std::string side_name(const Comparison& comparison, std::size_t side) {
    if (side == 0) return "before";
    return side + 1 == comparison.sides.size() ? "after" : "then";
}

std::string exposure_words(const ComparedSide& side) {
    std::string out = "logs cover " + duration_words(side.exposure_s);
    const TortureSide& torture = side.torture;
    if (torture.samples == 0) return out;
    out += ", rcutorture " + counted(torture.samples, "sample");
    out += torture.failures > 0 ? ", " + counted(torture.failures, "failure") : ", no failure";
    if (torture.versions_per_s) out += ", " + fixed(*torture.versions_per_s, 1) + " versions/s";
    return out;
}

std::string rate_words(const SideCount& count) {
    if (!count.rate_per_h || !count.interval) return {};
    return rate_number(*count.rate_per_h) + " an hour (" + rate_number(count.interval->low) + " to " +
           rate_number(count.interval->high) + ")";
}

std::string ratio_words(const RateRatio& ratio) {
    const auto number = [](double value) { return std::isinf(value) ? "∞" : significant(value, 3); };
    return (ratio.value ? number(*ratio.value) : "∞") + " (" + number(ratio.interval.low) + " to " +
           number(ratio.interval.high) + ")";
}

std::string patched_words(const PatchedFunction& function) {
    return "runs through patched " + function.function + "()" +
           (function.effect.empty() ? "" : ": the patch " + function.effect);
}

std::string near_words(const Comparison& comparison, const NearMatch& near) {
    std::string out = "near: " + comparison.signatures[near.signature].title + " (stack distance " +
                      fixed(near.distance, 2) + ")";
    if (!near.only_here.empty()) out += "; only here: " + joined(near.only_here);
    if (!near.only_there.empty()) out += "; only there: " + joined(near.only_there);
    return out;
}

std::string sampled_words(const Sampled& values) {
    if (values.n == 0) return {};
    return significant(values.mean, 3) + (values.n > 1 ? " ± " + significant(values.spread, 2) : "") + " (" +
           std::to_string(values.n) + ")";
}

}  // namespace stallsight
