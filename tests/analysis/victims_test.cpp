#include "analysis/diagnosis/victims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// e1: a task slept in atomic context with the lock of dev_watchdog() held. e2: a stall half a minute later.
Analysis sleeper_and_stall(const std::vector<std::string>& stalled_stack, const Task& stalled = {"other", 99}) {
    Analysis a;
    a.artifacts.emplace_back();
    EventInfo sleeper;
    sleeper.id = "e1";
    sleeper.report.kind = EventKind::atomic_sleep;
    sleeper.report.time = Time(100000000);
    sleeper.report.task = {"app", 42};
    sleeper.report.cpu = 1;
    EventInfo stall;
    stall.id = "e2";
    stall.report.kind = EventKind::rcu_stall;
    stall.report.time = Time(151000000);
    stall.report.task = stalled;
    stall.report.cpu = 1;
    for (const std::string& function : stalled_stack) {
        Frame frame;
        frame.function = function;
        stall.report.frames.push_back(frame);
    }
    a.events = {sleeper, stall};
    Chain chain;
    chain.event = "e1";
    chain.links.resize(3);
    chain.links[0].function = "dev_watchdog";
    chain.links[0].effect = "spin lock";
    chain.links[0].added = 1;
    chain.links[1].function = "f";
    chain.links[2].function = "mutex_lock";
    chain.guilty_link = 1;
    chain.end_link = 2;
    a.chains.push_back(chain);
    StallEpisode episode;
    episode.flavor = "rcu_preempt";
    episode.events = {"e2"};
    episode.start_s = 130;
    episode.start_window = {130, 130};
    episode.end_s = 151;
    a.stalls.push_back(episode);
    tie_victims(a);
    return a;
}

TEST(Victims, ACpuThatSpinsForTheSleepersLock) {
    const Analysis a = sleeper_and_stall({"native_queued_spin_lock_slowpath", "_raw_spin_lock", "dev_watchdog"});
    EXPECT_EQ(a.stalls[0].caused_by, "e1");
    EXPECT_THAT(a.stalls[0].tie, HasSubstr("on this CPU"));
    EXPECT_EQ(a.events[1].caused_by, "e1");
    EXPECT_THAT(a.events[0].cause_of, ElementsAre("e2"));
}

TEST(Victims, ACpuThatSpinsForAnotherLockIsNotTied) {
    const Analysis a = sleeper_and_stall({"native_queued_spin_lock_slowpath", "_raw_spin_lock", "tty_write"});
    EXPECT_EQ(a.stalls[0].caused_by, "");
    EXPECT_TRUE(a.events[0].cause_of.empty());
}

TEST(Victims, ACpuThatOnlyRunsTheSameFunctionIsNotTied) {
    EXPECT_EQ(sleeper_and_stall({"dev_watchdog", "call_timer_fn"}).stalls[0].caused_by, "");
}

TEST(Victims, TheTaskWhoseCountWasReset) {
    const Analysis a = sleeper_and_stall({"f", "g"}, {"app", 42});
    EXPECT_THAT(a.stalls[0].tie, HasSubstr("same task"));
    EXPECT_EQ(sleeper_and_stall({"f", "g"}, {"app", 43}).stalls[0].caused_by, "");
}

TEST(Victims, AStallThatBeganBeforeTheSleepIsNotItsConsequence) {
    Analysis a = sleeper_and_stall({"x"});
    a.events[1].report.frames.clear();
    a.events[1].report.task = {"app", 42};
    a.stalls[0].start_s = 90;
    a.stalls[0].start_window = {90, 90};
    tie_victims(a);
    EXPECT_EQ(a.stalls[0].caused_by, "");
}

TEST(Victims, AHungTaskWhoseHolderIsTheSleeper) {
    Analysis a = sleeper_and_stall({"x"});
    a.stalls[0].flavor = "hung_task";
    a.events[1].report.kind = EventKind::hung_task;
    a.events[1].report.fields["holder"] = "app:42";
    tie_victims(a);
    EXPECT_THAT(a.stalls[0].tie, HasSubstr("names as the holder"));
}

}  // namespace
}  // namespace stallsight
