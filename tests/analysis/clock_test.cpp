#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

Analysis core_with(const std::vector<Report>& reports, const std::vector<Fact>& facts = {},
                   bool timed_by_wall = false) {
    Analysis analysis;
    ArtifactInfo info;
    info.scan.timed_by_wall = timed_by_wall;
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
        event.report.fields = Fields{{"flavor", "rcu_preempt"},
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

TEST(Clock, AWallClockIsNoUptime) {
    EXPECT_FALSE(core_with({{15441.622163, 15268234, 60521}}, {}, true).clocks[0].hz);
    EXPECT_EQ(core_with({{1000, 5250, 7}, {1063, 21000, 7}}, {}, true).clocks[0].hz, 250);
    // Too near to each other for stamps of whole seconds.
    EXPECT_FALSE(core_with({{1000, 99999, 7}, {1010, 102500, 7}}, {}, true).clocks[0].hz);
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

TEST(Clock, TheBootSaysItInThreeWays) {
    EXPECT_EQ(core_with({}, {fact(Fact::Kind::hz, "max_idle_ns=7645041785100000")}).clocks[0].hz, 250);
    EXPECT_EQ(core_with({}, {fact(Fact::Kind::hz, "max_idle_ns=1911260446275000")}).clocks[0].hz, 1000);
    EXPECT_EQ(core_with({}, {fact(Fact::Kind::hz, "max_idle_ns=19112604462750000")}).clocks[0].hz, 100);
    EXPECT_EQ(core_with({}, {fact(Fact::Kind::hz, "lpj=10369160 bogomips=5184.58")}).clocks[0].hz, 250);
}

Fact in_boot(Fact f, int boot) {
    f.boot = boot;
    return f;
}

TEST(Clock, ACoreThatBootedAnotherKernelHasAClockForEach) {
    const std::vector<Fact> facts = {fact(Fact::Kind::banner, "5.4.72 #1"), fact(Fact::Kind::hz, "enlistment=100"),
                                     in_boot(fact(Fact::Kind::banner, "6.1.0 #7"), 1),
                                     in_boot(fact(Fact::Kind::hz, "enlistment=25"), 1)};
    const Analysis a = core_with({}, facts);
    ASSERT_EQ(a.clocks.size(), 2U);
    EXPECT_EQ(a.clock_of("nt-b", "core-0", 0)->hz, 1000);
    EXPECT_EQ(a.clock_of("nt-b", "core-0", 1)->hz, 250);
    EXPECT_EQ(a.clock_of("nt-b", "core-0", 2)->hz, 250) << "a later boot that says nothing";
    EXPECT_EQ(a.clocks[0].contradiction + a.clocks[1].contradiction, "");
}

TEST(Clock, BootsOfOneKernelShareAClock) {
    const std::vector<Fact> facts = {fact(Fact::Kind::banner, "5.4.72 #1"), fact(Fact::Kind::hz, "enlistment=100"),
                                     in_boot(fact(Fact::Kind::banner, "5.4.72 #1"), 1),
                                     in_boot(fact(Fact::Kind::hz, "enlistment=25"), 1)};
    const Analysis a = core_with({}, facts);
    ASSERT_EQ(a.clocks.size(), 1U);
    EXPECT_EQ(a.clocks[0].hz, 1000);
}

TEST(Clock, EveryFindingIsKeptTheMostTrustedFirst) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}}, {fact(Fact::Kind::hz, "enlistment=25")});
    ASSERT_GE(a.clocks[0].findings.size(), 2U);
    EXPECT_EQ(a.clocks[0].findings[0].confidence, HzFinding::Confidence::printed);
    EXPECT_EQ(a.clocks[0].findings[1].confidence, HzFinding::Confidence::measured);
    EXPECT_EQ(a.clocks[0].contradiction, "");
}

TEST(Clock, AContradictionIsReported) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}}, {fact(Fact::Kind::hz, "enlistment=100")});
    EXPECT_EQ(a.clocks[0].hz, 1000);
    EXPECT_THAT(a.clocks[0].contradiction, HasSubstr("two reports of grace period 7"));
    EXPECT_THAT(a.clocks[0].contradiction, HasSubstr("HZ=250"));
}

ArtifactInfo config(const std::string& board, const std::string& text) {
    ArtifactInfo info;
    info.artifact.kind = ArtifactKind::kernel_config;
    info.artifact.path = "config";
    info.artifact.board = board;
    info.artifact.bytes = Bytes::own("#\n# Linux/x86 6.1.0 Kernel Configuration\n#\n" + text);
    return info;
}

TEST(Clock, AConfigurationInTheBundleSaysIt) {
    Analysis a = core_with({});
    a.artifacts.push_back(config("nt-b", "CONFIG_HZ=100\n"));
    a.clocks = find_clocks(a);
    EXPECT_EQ(a.clocks[0].hz, 100);
    EXPECT_EQ(a.clocks[0].findings[0].confidence, HzFinding::Confidence::configured);
    a.artifacts.back().artifact.board = "nt-a";
    EXPECT_FALSE(find_clocks(a)[0].hz) << "another board's";
}

TEST(Clock, AConfiguredTimeoutOfWarningsDecides) {
    Analysis a = core_with({{500000, 60010, 7}});
    EXPECT_FALSE(a.clocks[0].hz) << "after 60 s at HZ=1000, or 240 s at HZ=250: who knows";
    a.artifacts.push_back(config("", "CONFIG_RCU_CPU_STALL_TIMEOUT=60\n"));
    a.clocks = find_clocks(a);
    EXPECT_EQ(a.clocks[0].hz, 1000);
    EXPECT_EQ(a.clocks[0].findings[0].confidence, HzFinding::Confidence::deduced);
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

// kernel/rcu/tree_stall.h: the next warning is due after three times the time-out.
TEST(Episodes, SilenceBehindTheNextDueWarningEndsIt) {
    Analysis a =
        core_with({{1000, 5250, 7}}, {fact(Fact::Kind::command_line, "rcupdate.rcu_cpu_stall_timeout=21")});
    a.artifacts[0].scan.last_time = Time(5000000000);
    a.stalls = find_stalls(a);
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_FALSE(a.stalls[0].open);
    EXPECT_NEAR(a.stalls[0].end_window.from_s, 1000, 0.01);
    EXPECT_NEAR(a.stalls[0].end_window.to_s, 1064, 0.1);
    EXPECT_TRUE(a.stalls[0].end_window.contains(a.stalls[0].end_s));
    a.artifacts[0].scan.last_time = Time(1060000000);
    EXPECT_TRUE(find_stalls(a)[0].open) << "no warning is due yet";
}

EventInfo lockup(EventKind kind, double at_s, const Fields& fields) {
    EventInfo event;
    event.report.kind = kind;
    event.report.time = Time(static_cast<std::int64_t>(at_s * 1e6));
    event.report.task = {"worker", 77};
    event.report.cpu = 1;
    event.report.fields = fields;
    return event;
}

Analysis core_with_lockups(std::vector<EventInfo> events) {
    Analysis analysis = core_with({});
    for (EventInfo& event : events) {
        event.id = "e" + std::to_string(analysis.events.size() + 1);
        analysis.artifacts[0].scan.last_time = *event.report.time;
        analysis.events.push_back(std::move(event));
    }
    analysis.stalls = find_stalls(analysis);
    return analysis;
}

// kernel/watchdog.c counts in units of 2^30 ns.
TEST(Episodes, ASoftLockupThatIsReportedAgainIsOne) {
    const Analysis a = core_with_lockups({lockup(EventKind::soft_lockup, 100, {{"stuck_s", 23}}),
                                          lockup(EventKind::soft_lockup, 124, {{"stuck_s", 45}}),
                                          lockup(EventKind::soft_lockup, 500, {{"stuck_s", 22}})});
    ASSERT_EQ(a.stalls.size(), 2U);
    EXPECT_EQ(a.stalls[0].events.size(), 2U);
    EXPECT_NEAR(*a.stalls[0].start_s, 100 - 23 * 1.0737, 0.5);
    EXPECT_TRUE(a.stalls[0].views_agree);
    EXPECT_TRUE(*a.stalls[0].views_agree);
}

TEST(Episodes, SamplesThatFindAnotherFunctionDoNotAgree) {
    EventInfo first = lockup(EventKind::soft_lockup, 100, {{"stuck_s", 23}});
    EventInfo second = lockup(EventKind::soft_lockup, 124, {{"stuck_s", 45}});
    first.guilty.function = "drv_poll";
    second.guilty.function = "drv_reset";
    const Analysis a = core_with_lockups({first, second});
    ASSERT_EQ(a.stalls.size(), 1U);
    ASSERT_EQ(a.stalls[0].views.size(), 2U);
    EXPECT_EQ(a.stalls[0].views[1].function, "drv_reset");
    EXPECT_FALSE(a.stalls[0].views_agree.value_or(true));
}

TEST(Episodes, RepeatedReportsOfOneHungTaskAreOne) {
    const Analysis a = core_with_lockups({lockup(EventKind::hung_task, 245, {{"blocked_s", 122}}),
                                          lockup(EventKind::hung_task, 368, {{"blocked_s", 245}})});
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_NEAR(*a.stalls[0].start_s, 123, 1);
    EXPECT_TRUE(a.stalls[0].open);
    EXPECT_TRUE(a.stalls[0].cpus.empty());
}

TEST(Episodes, AReportWithoutALengthHasNoStart) {
    const Analysis a = core_with_lockups({lockup(EventKind::soft_lockup, 245, Fields::object())});
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_FALSE(a.stalls[0].start_s);
}

// kernel/watchdog_hld.c; arch/powerpc/kernel/watchdog.c prints the last heartbeat.
TEST(Episodes, AHardLockupBeganBeforeTheWatchdogSawNoTimer) {
    const Analysis perf = core_with_lockups({lockup(EventKind::hard_lockup, 245, Fields::object())});
    ASSERT_EQ(perf.stalls.size(), 1U);
    EXPECT_TRUE(perf.stalls[0].start_window.contains(*perf.stalls[0].start_s));
    EXPECT_NEAR(perf.stalls[0].start_window.from_s, 231, 0.01);
    EXPECT_NEAR(perf.stalls[0].start_window.to_s, 241, 0.01);
    EXPECT_THAT(perf.stalls[0].start_basis, HasSubstr("watchdog_thresh"));
    const Analysis powerpc =
        core_with_lockups({lockup(EventKind::hard_lockup, 245, {{"last_heartbeat_ms", 12000}})});
    EXPECT_NEAR(*powerpc.stalls[0].start_s, 233, 0.01);
}

// kernel/workqueue.c: "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 43s!", then 73 s.
TEST(Episodes, AWorkqueuePoolThatIsReportedAgainIsOneEpisode) {
    const auto pool = [](double at_s, int stuck_s, const char* name) {
        EventInfo event = lockup(EventKind::workqueue_lockup, at_s,
                                 {{"stuck_s", stuck_s},
                                  {"pool", name},
                                  {"in_flight", Fields::array({{{"pid", 5}, {"function", "drv_poll_work"}}})}});
        event.report.task = {};
        return event;
    };
    const Analysis a = core_with_lockups(
        {pool(143, 43, "cpus=1"), pool(150, 50, "cpus=2"), pool(173, 73, "cpus=1"), pool(900, 31, "cpus=1")});
    ASSERT_EQ(a.stalls.size(), 3U);
    EXPECT_EQ(a.stalls[0].events.size(), 2U);
    EXPECT_NEAR(*a.stalls[0].start_s, 100, 1);
    EXPECT_FALSE(a.stalls[0].open);
    ASSERT_EQ(a.stalls[0].views.size(), 2U);
    EXPECT_EQ(a.stalls[0].views[1].function, "drv_poll_work");
    EXPECT_TRUE(a.stalls[0].views_agree.value_or(false));
    EXPECT_NEAR(*a.stalls[2].start_s, 869, 1);
}

TEST(Episodes, ALaterGracePeriodEndsTheEarlierOne) {
    const Analysis a = core_with({{1000, 5250, 7}, {1063, 21000, 7}, {2000, 5250, 9}});
    ASSERT_EQ(a.stalls.size(), 2U);
    EXPECT_FALSE(a.stalls[0].open);
    EXPECT_LE(a.stalls[0].end_s, *a.stalls[1].start_s);
    EXPECT_TRUE(a.stalls[1].open);
}

TEST(Episodes, OfSeveralLaterGracePeriodsTheFirstEndsIt) {
    const Analysis a =
        core_with({{1000, 5250, 7}, {1063, 21000, 7}, {1100, 5250, 8}, {1150, 5250, 9}, {1200, 5250, 11}});
    ASSERT_EQ(a.stalls.size(), 4U);
    EXPECT_THAT(a.stalls[0].end_basis, HasSubstr("when grace period 8 began"));
    EXPECT_THAT(a.stalls[1].end_basis, HasSubstr("when grace period 9 began"));
}

TEST(Episodes, AGracePeriodThatCannotBeLaterEndsNothing) {
    const Analysis a = core_with({{1000, 5250, 7}, {1040, 5250, 9}, {1063, 21000, 7}, {1100, 5250, 11}});
    ASSERT_EQ(a.stalls.size(), 3U);
    EXPECT_THAT(a.stalls[0].end_basis, HasSubstr("when grace period 11 began"));
    EXPECT_GE(a.stalls[0].end_s, 1063) << "it was still reported then";
}

TEST(Episodes, TasksThatHangAtOnceHaveOneEach) {
    std::vector<EventInfo> events;
    for (const double at_s : {245, 368, 491})
        for (int pid = 100; pid < 150; ++pid) {
            events.push_back(lockup(EventKind::hung_task, at_s + pid * 0.001, {{"blocked_s", at_s - 123}}));
            events.back().report.task = {"worker", pid};
        }
    const Analysis a = core_with_lockups(std::move(events));
    ASSERT_EQ(a.stalls.size(), 50U);
    for (const StallEpisode& stall : a.stalls) EXPECT_EQ(stall.events.size(), 3U);
}

}  // namespace
}  // namespace stallsight
