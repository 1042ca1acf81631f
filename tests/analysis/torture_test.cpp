#include "analysis/torture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stallsight {
namespace {

using testing::HasSubstr;

TortureInfo sample(double at_s, std::int64_t version, TortureSample::Kind kind = TortureSample::Kind::statistics) {
    TortureInfo info;
    info.board = "nt-b";
    info.sample.kind = kind;
    info.sample.time = Time(static_cast<std::int64_t>(at_s * 1e6));
    info.sample.version = version;
    info.sample.line = static_cast<std::uint64_t>(at_s);
    return info;
}

std::optional<TortureStop> stop_of(std::vector<TortureInfo> samples, double last_s) {
    Analysis a;
    a.artifacts.emplace_back();
    CoreInfo core;
    core.board = "nt-b";
    core.last_s = last_s;
    a.cores.push_back(core);
    a.torture = std::move(samples);
    return torture_stop(a, core);
}

TEST(TortureStop, TheWriterStandsStill) {
    const auto stop =
        stop_of({sample(15, 100), sample(30, 400), sample(45, 700), sample(60, 700), sample(75, 700)}, 80);
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->when.from_s, 45);
    EXPECT_EQ(stop->when.to_s, 60);
    EXPECT_EQ(stop->versions_per_s, 20);
    EXPECT_EQ(stop->line, 60U);
    EXPECT_THAT(stop_words(*stop), HasSubstr("ver: stays at 700"));
}

TEST(TortureStop, TheStatisticsCease) {
    const auto stop = stop_of({sample(15, 100), sample(30, 400), sample(45, 700)}, 300);
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->when.from_s, 45);
    EXPECT_EQ(stop->when.to_s, 60);
    EXPECT_EQ(stop->line, 45U);
}

TEST(TortureStop, APauseIsNoStop) {
    EXPECT_FALSE(stop_of({sample(15, 100), sample(30, 100), sample(45, 700)}, 50));
}

TEST(TortureStop, TheEndOfTheTestIsNone) {
    const TortureInfo end = sample(62, 0, TortureSample::Kind::end);
    EXPECT_FALSE(stop_of({sample(15, 100), sample(30, 400), sample(45, 700), end}, 300));
    EXPECT_FALSE(stop_of({sample(15, 100), sample(30, 400), sample(45, 700), sample(62, 700), end}, 300));
}

TEST(TortureStop, WhatNeverRanDidNotStop) {
    EXPECT_FALSE(stop_of({}, 300));
    EXPECT_FALSE(stop_of({sample(15, 7)}, 300));
    EXPECT_FALSE(stop_of({sample(15, 7), sample(30, 7)}, 300));
}

}  // namespace
}  // namespace stallsight
