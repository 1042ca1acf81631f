// Exact statistics of rates: counts over exposures, as Poisson processes. The special functions are Boost.Math's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace stallsight {

constexpr double error_level = 0.05;  // 95 % confidence, everywhere

struct Interval {
    double low = 0, high = 0;  // `high` may be infinite
};

struct Observed {
    std::uint64_t count = 0;
    double exposure = 0;  // in any unit, the same on both sides; more than 0
};

// Of the rate (count over exposure): F. Garwood, Biometrika 28 (1936), both tails of error_level / 2.
Interval rate_interval(const Observed& observed);

struct RateRatio {
    std::optional<double> value;  // rate after / rate before; nothing where there was none before
    Interval interval;            // Clopper-Pearson on the split of all counts (conditional binomial)
    double p = 1;                 // two-sided, twice the smaller tail: below error_level just when 1 is outside
};
RateRatio compare_rates(const Observed& before, const Observed& after);

// The exposure after which a count of 0 has p = `level` against `before`, which has a count.
double exposure_to_show(const Observed& before, double level);

// S. Holm, Scandinavian Journal of Statistics 6 (1979): p values of several tests made comparable with one level.
struct HolmTest {
    double adjusted = 1;  // p; at most the level where the test holds among all the others
    double level = 0;     // what the plain p must not exceed, when all smaller ones hold
};
std::vector<HolmTest> holm(const std::vector<double>& p);

// Do two samples have one mean? B. L. Welch, Biometrika 34 (1947). Nothing with fewer than two values a side.
struct Sampled {
    std::size_t n = 0;
    double mean = 0;
    double spread = 0;  // standard deviation, n - 1
};
Sampled sampled(const std::vector<double>& values);
std::optional<double> welch_p(const Sampled& before, const Sampled& after);

}  // namespace stallsight
