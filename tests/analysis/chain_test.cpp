#include "analysis/chain/chain.h"

#include <gtest/gtest.h>

namespace stallsight {
namespace {

// Frames innermost first; the guilty one is named.
EventInfo report(std::uint32_t count, const std::vector<std::string>& frames, const std::string& guilty,
                 const std::string& disabled_at) {
    EventInfo event;
    event.id = "e1";
    event.report.kind = EventKind::atomic_sleep;
    event.report.preempt_count = count;
    event.report.fields["subtype"] = "scheduling_while_atomic";
    for (const std::string& name : frames) {
        Frame frame;
        frame.function = name;
        if (name == guilty) {
            event.guilty.function = name;
            event.guilty.frame = event.report.frames.size();
        }
        event.report.frames.push_back(frame);
    }
    if (!disabled_at.empty()) {
        event.report.preempt_disabled_at = Frame{};
        event.report.preempt_disabled_at->function = disabled_at;
    }
    return event;
}

const std::vector<std::string> transmit = {
    "dump_stack", "__schedule_bug",      "__schedule",      "schedule",         "__mutex_lock.constprop.0",
    "drv_notify", "dev_hard_start_xmit", "sch_direct_xmit", "__dev_queue_xmit", "packet_sendmsg"};

TEST(Chain, TheSumIsThePrintedCountWithoutQdiscRunOnTheStack) {
    const auto chain = build_chain(report(0x203, transmit, "drv_notify", "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->unexplained, 0);
    EXPECT_FALSE(chain->contradictory);
    EXPECT_EQ(chain->by_scheduler, 1);
    EXPECT_EQ(chain->links[chain->disabled_link].function, "__dev_queue_xmit");
}

TEST(Chain, AFunctionThatJumpedIsShown) {
    const auto chain = build_chain(report(0x203, transmit, "drv_notify", "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->links[chain->sleeps_link].function, "mutex_lock");
    EXPECT_EQ(chain->links[chain->sleeps_link].call_site, "tail call");
}

TEST(Chain, WithoutThePrintedPlaceTheTableFindsIt) {
    const auto chain = build_chain(report(0x203, transmit, "drv_notify", ""));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->disabled_at.function, "__dev_queue_xmit");
}

TEST(Chain, ALockThatTheDeviceDoesNotTakeIsNotCounted) {
    const auto chain = build_chain(report(0x202, transmit, "drv_notify", "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->unexplained, 0);
    EXPECT_FALSE(chain->contradictory);
}

TEST(Chain, WhatNoFrameExplainsIsSaid) {
    const auto chain = build_chain(report(0x204, transmit, "drv_notify", "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->unexplained, 1);
}

TEST(Chain, ACountThatRulesTheFramesOutIsContradictory) {
    const auto chain = build_chain(report(0x002, transmit, "drv_notify", "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_TRUE(chain->contradictory);
}

TEST(Chain, AnUnderflowedCountHasNoChain) {
    EXPECT_FALSE(build_chain(report(0x7ffffe01, transmit, "drv_notify", "__dev_queue_xmit")));
}

TEST(Chain, AReportThatIsNotAboutPreemptionHasNone) {
    EventInfo event = report(0x203, transmit, "drv_notify", "__dev_queue_xmit");
    event.report.kind = EventKind::warning;
    EXPECT_FALSE(build_chain(event));
}

}  // namespace
}  // namespace stallsight
