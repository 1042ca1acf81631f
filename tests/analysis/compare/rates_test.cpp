// The tables were computed independently, with SciPy 1.10.1 (chi2.ppf, f.ppf, binom.cdf and sf, ttest_ind) and
// R 4.2.2 (poisson.test, p.adjust, t.test): the F and chi-squared forms of the intervals, not the beta and gamma
// forms that the program uses.
#include "analysis/compare/rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace stallsight {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double none = -1;

void expect_close(double value, double reference) {
    if (std::isinf(reference) || reference == 0)
        EXPECT_EQ(value, reference);
    else
        EXPECT_NEAR(value / reference, 1, 1e-9) << value << " is not " << reference;
}

TEST(Rates, PoissonIntervalsAgreeWithSciPyAndR) {
    struct Row {
        std::uint64_t count;
        double exposure, low, high;
    };
    const Row rows[] = {{0, 1.0, 0.0, 3.68887945411},
                        {0, 2.1, 0.0, 1.75660926386},
                        {1, 1.0, 0.0253178079843, 5.57164339094},
                        {4, 2.0, 0.544932686813, 5.1207943377},
                        {213, 205.24, 0.903107930164, 1.18693671507},
                        {5, 1e-09, 1623486390.12, 11668332079.3},
                        {3, 1e12, 6.18672122896e-13, 8.76727306974e-12},
                        {1000000, 3600.0, 277.233606483, 278.322753318}};
    for (const Row& row : rows) {
        const Interval interval = rate_interval({row.count, row.exposure});
        expect_close(interval.low, row.low);
        expect_close(interval.high, row.high);
    }
}

TEST(Rates, RatiosAgreeWithSciPyAndR) {
    struct Row {
        std::uint64_t before;
        double exposure_before;
        std::uint64_t after;
        double exposure_after;
        double ratio, low, high, p;
    };
    const Row rows[] = {
        {4, 2.0, 0, 6.0, 0.0, 0.0, 0.504955619789, 0.0078125},
        {4, 2.0, 0, 2.0, 0.0, 0.0, 1.51486685937, 0.125},
        {0, 1.0, 0, 1.0, none, 0.0, infinity, 1.0},
        {0, 5.0, 3, 5.0, none, 0.413231355031, infinity, 0.25},
        {213, 205.24, 0, 203.15, 0.0, 0.0, 0.0176492465953, 4.50651823278e-64},
        {213, 205.24, 213, 205.24, 1.0, 0.823116195336, 1.21489530356, 1.0},
        {10, 1.0, 30, 1.0, 3.0, 1.42740847015, 6.87930177102, 0.00222143377323},
        {30, 1.0, 10, 1.0, 0.333333333333333, 0.145363589691, 0.700570313902, 0.00222143377323},
        {2, 1e-06, 1, 1e6, 5e-13, 8.47498034911e-15, 9.60452988472e-12, 5.999999999984e-24},
        {1, 1e6, 2, 1e-06, 2e12, 104117537454.0, 117994373887000.0, 5.999999999984e-24},
        {1, 200.0, 0, 200.0, 0.0, 0.0, 39.0, 1.0},
        {1000000, 3600.0, 1003000, 3600.0, 1.003, 1.00022480283, 1.00578290002, 0.0340883650794},
        {7, 1e-300, 7, 1e-300, 1.0, 0.299309681811, 3.34102122574, 1.0},
        {12, 2.0, 1, 9.5, 0.0175438596491228, 0.000410404494121, 0.11857399957, 1.67094342155e-08},
    };
    for (const Row& row : rows) {
        const RateRatio ratio = compare_rates({row.before, row.exposure_before}, {row.after, row.exposure_after});
        SCOPED_TRACE(testing::Message() << row.before << " in " << row.exposure_before << ", " << row.after
                                        << " in " << row.exposure_after);
        ASSERT_EQ(ratio.value.has_value(), row.ratio != none);
        if (ratio.value) expect_close(*ratio.value, row.ratio);
        expect_close(ratio.interval.low, row.low);
        expect_close(ratio.interval.high, row.high);
        EXPECT_NEAR(ratio.p / row.p, 1, 1e-9);
        const bool excludes_one = ratio.interval.low > 1 || ratio.interval.high < 1;
        EXPECT_EQ(excludes_one, ratio.p < error_level) << "the interval and the p value must say the same";
    }
}

TEST(Rates, TheExposureThatIsNeededIsJustEnough) {
    for (const Observed before : {Observed{1, 7.5}, Observed{4, 2}, Observed{213, 205.24}, Observed{2, 1e-9}}) {
        const double needed = exposure_to_show(before, error_level);
        EXPECT_LE(compare_rates(before, {0, needed * 1.0001}).p, error_level);
        EXPECT_GT(compare_rates(before, {0, needed * 0.9999}).p, error_level);
    }
    EXPECT_DOUBLE_EQ(exposure_to_show({1, 200}, error_level), 200 * 39);  // 2 * 200 / (200 + 7800) = 0.05
}

TEST(Rates, HolmAgreesWithR) {
    const auto tests = holm({0.01, 0.04, 0.03, 0.005, 0.9});  // p.adjust(..., "holm"): 0.04 0.09 0.09 0.025 0.9
    const double adjusted[] = {0.04, 0.09, 0.09, 0.025, 0.9};
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(tests[i].adjusted, adjusted[i], 1e-12);
    EXPECT_DOUBLE_EQ(tests[3].level, 0.05 / 5);
    EXPECT_DOUBLE_EQ(tests[4].level, 0.05);
    EXPECT_TRUE(holm({}).empty());
}

TEST(Rates, WelchAgreesWithSciPyAndR) {
    const auto p = welch_p(sampled({10, 12, 11, 13, 9}), sampled({14, 15, 13.5, 16}));
    ASSERT_TRUE(p);
    EXPECT_NEAR(*p, 0.005064628144840849, 1e-12);
    EXPECT_NEAR(*welch_p(sampled({1, 2, 3}), sampled({1, 2, 3.5})), 0.866615889038129, 1e-12);
    EXPECT_FALSE(welch_p(sampled({1}), sampled({1, 2})));
    EXPECT_EQ(welch_p(sampled({2, 2}), sampled({2, 2})), 1);
}

}  // namespace
}  // namespace stallsight
