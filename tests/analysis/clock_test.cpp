#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/cores.h"
#include "analysis/stalls/stalls.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

// A bundle of one core whose reports are given as (time, t=, g=).
struct Report {
    double at_s;
    std::int64_t jiffies;
    std::int64_t grace_period;
};

Analysis core_with(const std::vector<Report>& reports, const std::vector<Fact>& facts = {}) {
    Analysis analysis;
    ArtifactInfo info;
    info.artifact.kind = ArtifactKind::kernel_log;
    info.artifact.board = "nt-b";
    info.artifact.core = "core-0";
    info.scan.facts = facts;
    if (!reports.empty()) info.scan.last_time = Time(static_cast<std::int64_t>(reports.back().at_s * 1e6));
    analysis.artifacts.push_back(info);
    for (const Report& r : reports) {
        EventInfo event;
        event.id = "e" + std::to_string(analysis.events.size() + 1);
        event.report.kind = EventKind::rcu_stall;
        event.report.time = Time(static_cast<std::int64_t>(r.at_s * 1e6));
        event.report.fields = {{"flavor", "rcu_preempt"},
                               {"jiffies", r.jiffies},
                               {"grace_period", r.grace_period},
                               {"cpus", Fields::array({{{"cpu", 3}}})}};
        analysis.events.push_back(event);
    }
    analysis.cores = find_cores(analysis);
    analysis.clocks = find_clocks(analysis);
    analysis.stalls = find_stalls(analysis);
    return analysis;
}

Fact fact(Fact::Kind kind, const std::string& text) {
    Fact f;
    f.kind = kind;
    f.text = text;
    return f;
}

TEST(Clock, TwoReportsOfOneGracePeriodMeasureIt) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}});
    EXPECT_EQ(a.clocks[0].hz, 250);
    EXPECT_THAT(a.clocks[0].basis, HasSubstr("two reports of grace period 7"));
}

TEST(Clock, TwoReportsOfDifferentGracePeriodsDoNot) {
    const Analysis a = core_with({{1000, 99999, 7}, {1063, 120000, 8}});
    EXPECT_FALSE(a.clocks[0].hz);
}

TEST(Clock, AGracePeriodCannotBeginBeforeTheBoot) {
    EXPECT_EQ(core_with({{15441.622163, 15268234, 60521}}).clocks[0].hz, 1000);
}

TEST(Clock, TheFirstWarningComesAfterTheTimeout) {
    EXPECT_EQ(core_with({{5000, 5251, 7}}).clocks[0].hz, 250);
    EXPECT_EQ(core_with({{5000, 21003, 7}}).clocks[0].hz, 1000);
    const Fact line = fact(Fact::Kind::command_line, "console=ttyS0 rcupdate.rcu_cpu_stall_timeout=4");
    EXPECT_EQ(core_with({{5000, 1001, 7}}, {line}).clocks[0].hz, 250);
}

TEST(Clock, WhatTheBootPrintedDecides) {
    EXPECT_EQ(core_with({}, {fact(Fact::Kind::hz, "enlistment=25")}).clocks[0].hz, 250);
}

TEST(Clock, WhereNothingDecidesItIsNotKnown) {
    const Analysis a = core_with({{500000, 777777, 7}});
    EXPECT_FALSE(a.clocks[0].hz);
    EXPECT_THAT(a.clocks[0].basis, HasSubstr("not known"));
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_FALSE(a.stalls[0].start_s) << "no start without HZ";
}

TEST(Episodes, ReportsOfOneGracePeriodAreOneEpisode) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}});
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_EQ(a.stalls[0].events.size(), 2U);
    EXPECT_NEAR(*a.stalls[0].start_s, 979, 0.01);
    EXPECT_TRUE(a.stalls[0].open);
}

TEST(Episodes, ALaterGracePeriodEndsTheEarlierOne) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}, {2000, 5250, 9}});
    ASSERT_EQ(a.stalls.size(), 2U);
    EXPECT_FALSE(a.stalls[0].open);
    EXPECT_LE(a.stalls[0].end_s, *a.stalls[1].start_s);
    EXPECT_TRUE(a.stalls[1].open);
}

}  // namespace
}  // namespace stallsight
