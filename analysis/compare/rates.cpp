#include "analysis/compare/rates.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace stallsight {

namespace {

namespace bm = boost::math;

constexpr double infinite = std::numeric_limits<double>::infinity();

double as_number(std::uint64_t count) {
    return static_cast<double>(count);
}

// Share of the exposure that is `part`: neither difference nor overflow, so that tiny and huge ones keep all
// digits.
double share(double part, double other) {
    return 1 / (1 + other / part);
}

}  // namespace

Interval rate_interval(const Observed& observed) {
    const double k = as_number(observed.count);
    const double low = observed.count == 0 ? 0 : bm::gamma_p_inv(k, error_level / 2);
    return {low / observed.exposure, bm::gamma_q_inv(k + 1, error_level / 2) / observed.exposure};
}

RateRatio compare_rates(const Observed& before, const Observed& after) {
    RateRatio out;
    out.interval = {0, infinite};
    if (before.count + after.count == 0) return out;
    const double b = as_number(before.count);
    const double a = as_number(after.count);
    const double scale = before.exposure / after.exposure;
    if (before.count > 0) out.value = a / b * scale;
    // Given the sum, the count after is binomial; its share s has the odds s / (1 - s) = ratio / scale.
    double rest = 0;  // 1 - s, without cancellation
    if (after.count > 0) {
        const double s = bm::ibeta_inv(a, b + 1, error_level / 2, &rest);
        out.interval.low = s / rest * scale;
    }
    if (before.count > 0) {
        const double s = bm::ibetac_inv(a + 1, b, error_level / 2, &rest);
        out.interval.high = s / rest * scale;
    }
    const double as_few = before.count == 0 ? 1 : bm::ibeta(b, a + 1, share(before.exposure, after.exposure));
    const double as_many = after.count == 0 ? 1 : bm::ibeta(a, b + 1, share(after.exposure, before.exposure));
    out.p = std::min(1.0, 2 * std::min(as_few, as_many));
    return out;
}

double exposure_to_show(const Observed& before, double level) {
    return before.exposure * std::expm1(-std::log(level / 2) / as_number(before.count));
}

std::vector<HolmTest> holm(const std::vector<double>& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return p[x] < p[y]; });
    std::vector<HolmTest> out(p.size());
    double highest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto tests_left = static_cast<double>(order.size() - rank);
        highest = std::max(highest, std::min(1.0, p[order[rank]] * tests_left));
        out[order[rank]] = {highest, error_level / tests_left};
    }
    return out;
}

Sampled sampled(const std::vector<double>& values) {
    Sampled out;
    out.n = values.size();
    if (values.empty()) return out;
    out.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) squares += (value - out.mean) * (value - out.mean);
    if (values.size() > 1) out.spread = std::sqrt(squares / static_cast<double>(values.size() - 1));
    return out;
}

std::optional<double> welch_p(const Sampled& before, const Sampled& after) {
    if (before.n < 2 || after.n < 2) return std::nullopt;
    const auto n1 = static_cast<double>(before.n);
    const auto n2 = static_cast<double>(after.n);
    const double v1 = before.spread * before.spread / n1;
    const double v2 = after.spread * after.spread / n2;
    if (v1 + v2 <= 0) return before.mean == after.mean ? 1 : 0;
    const double t = std::abs(after.mean - before.mean) / std::sqrt(v1 + v2);
    const double freedom = (v1 + v2) * (v1 + v2) / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1));
    return 2 * bm::cdf(bm::complement(bm::students_t(freedom), t));
}

}  // namespace stallsight
