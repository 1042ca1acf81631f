#include "analysis/chain/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/chain/preempt_count.h"
#include "parsers/reports/flag_registers.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

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
    EXPECT_EQ(chain->links[chain->end_link].function, "mutex_lock");
    EXPECT_EQ(chain->links[chain->end_link].call_site, "tail call");
}

TEST(Chain, WithoutThePrintedPlaceTheTableFindsIt) {
    const auto chain = build_chain(report(0x203, transmit, "drv_notify", ""));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->disabled_at.function, "__dev_queue_xmit");
}

// A CPU that loops: what `adds` says that each frame does is shown by debug info.
EventInfo loop(const std::vector<std::pair<std::string, std::int64_t>>& adds, const std::string& guilty) {
    EventInfo event = report(0, {}, "", "");
    event.report.kind = EventKind::soft_lockup;
    event.report.preempt_count.reset();
    for (const auto& [name, added] : adds) {
        Frame frame;
        frame.function = name;
        frame.module = "lab";
        if (name == guilty) {
            event.guilty.function = name;
            event.guilty.frame = event.report.frames.size();
        }
        event.report.frames.push_back(frame);
        std::vector<CountWay> ways(1);
        if (added != 0) ways[0].changes.push_back({added, "spin lock", "calls _raw_spin_lock", 0x10});
        event.count_ways.push_back(std::make_shared<const std::vector<CountWay>>(std::move(ways)));
    }
    return event;
}

TEST(Chain, ALoopsLockMayBeTakenFurtherInThanTheFrameThatIsBlamed) {
    const auto chain = build_chain(loop({{"poll", 0}, {"collect_stats", 1}, {"fail_thread", 0}}, "fail_thread"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->disabled_at.function, "collect_stats");
    EXPECT_EQ(chain->state, "with preemption off");
}

TEST(Chain, WhereNothingIsPreemptedALockIsNoReason) {
    ChainContext context;
    context.banner = "5.10.0-32-cloud-amd64 (gcc-10) #1 SMP Debian 5.10.223-1";
    const auto spin =
        build_chain(loop({{"poll", 0}, {"take_twice", 1}, {"fail_thread", 0}}, "fail_thread"), context);
    ASSERT_TRUE(spin);
    EXPECT_THAT(spin->sentence, testing::EndsWith("loops in poll without giving up the CPU"));
    const auto bottom_halves =
        build_chain(loop({{"poll", 0}, {"collect_stats", 0x201}, {"fail_thread", 0}}, "fail_thread"), context);
    ASSERT_TRUE(bottom_halves);
    EXPECT_EQ(bottom_halves->links[bottom_halves->end_link].count_after, 0x200U);
    EXPECT_THAT(bottom_halves->sentence, HasSubstr("with bottom halves off since collect_stats"));
}

TEST(Chain, ALockThatWasGivenBackDoesNotSaySinceWhen) {
    const auto chain =
        build_chain(loop({{"scrub", 0}, {"process_one_work", -1}, {"worker_thread", 1}}, "worker_thread"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->disabled_at.function, "");
    EXPECT_FALSE(chain->disabled_known);
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

// Behind irq_exit_rcu() the interrupt no longer counts.
TEST(Chain, AnInterruptOfX86CountsWhileItsHandlerRuns) {
    const std::vector<std::string> outer = {"sysvec_apic_timer_interrupt", "asm_sysvec_apic_timer_interrupt",
                                            "caller"};
    const auto unexplained = [&](std::uint32_t count, std::vector<std::string> frames) {
        const std::string guilty = frames.front();
        frames.insert(frames.end(), outer.begin(), outer.end());
        EventInfo event = report(count, frames, guilty, "");
        event.report.kind = EventKind::soft_lockup;
        event.report.task = {"hw", 310};
        ChainContext context;
        context.stopped = true;
        const auto chain = build_chain(event, context);
        return chain ? chain->unexplained : -1;
    };
    EXPECT_EQ(unexplained(0x10000, {"tick", "__sysvec_apic_timer_interrupt"}), 0);
    EXPECT_EQ(unexplained(0x100, {"handler", "__do_softirq", "irq_exit_rcu"}), 0);
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
    for (const EventKind kind : {EventKind::warning, EventKind::hung_task, EventKind::oops, EventKind::kasan,
                                 EventKind::panic, EventKind::lockdep, EventKind::bug}) {
        event.report.kind = kind;
        EXPECT_FALSE(build_chain(event)) << name_of(kind);
    }
}

TEST(Chain, DamageOfAnEarlierReportHasNone) {
    EventInfo event = report(0x203, transmit, "drv_notify", "__dev_queue_xmit");
    event.caused_by = "e0";
    EXPECT_FALSE(build_chain(event));
}

TEST(Chain, ACountThatOnlyTheSchedulerRaisedIsContradictory) {
    const auto chain = build_chain(report(0x001, {"__schedule", "schedule", "mutex_lock", "f", "g"}, "f", ""));
    ASSERT_TRUE(chain);
    EXPECT_TRUE(chain->contradictory);
    EXPECT_THAT(chain->contradiction, HasSubstr("no more than schedule() itself adds"));
}

TEST(Chain, InAtomicThatDeniesTheCountIsContradictory) {
    EventInfo event = report(0x1, {"dump_stack", "__might_sleep", "mutex_lock", "f", "g"}, "f", "");
    event.report.fields = Fields{{"subtype", "sleeping_function"}, {"in_atomic", 0}, {"irqs_disabled", 0}};
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_THAT(chain->contradiction, HasSubstr("in_atomic(): 0"));
}

TEST(Chain, WhatNothingForbidsIsContradictory) {
    EventInfo event = report(0x0, {"dump_stack", "__might_resched", "mutex_lock", "f", "g"}, "f", "");
    event.report.fields = Fields{{"subtype", "sleeping_function"},
                                 {"in_atomic", 0},
                                 {"irqs_disabled", 0},
                                 {"expected", 0},
                                 {"rcu_nest_depth", 0},
                                 {"rcu_nest_depth_expected", 0}};
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_THAT(chain->contradiction, HasSubstr("nothing in the report forbids the sleep"));
    event.report.fields["rcu_nest_depth"] = 1;
    EXPECT_FALSE(build_chain(event)->contradictory) << "an RCU reader may not sleep";
}

// kernel/sched/core.c before 5.15: ___might_sleep() prints in_atomic() and irqs_disabled(), but no count.
EventInfo before_5_15(int in_atomic, int irqs_disabled, const std::string& disabled_at) {
    EventInfo event = report(0,
                             {"dump_stack", "___might_sleep", "kmem_cache_alloc_node", "netlink_ack",
                              "nfnetlink_rcv", "nfnetlink_rcv_msg", "__dev_queue_xmit", "netlink_unicast"},
                             "netlink_ack", disabled_at);
    event.report.preempt_count.reset();
    event.report.fields = Fields{{"subtype", "sleeping_function"},
                                 {"in_atomic", in_atomic},
                                 {"irqs_disabled", irqs_disabled},
                                 {"non_block", 0}};
    return event;
}

TEST(Chain, AMightSleepThatPrintsNoCount) {
    const auto chain = build_chain(before_5_15(1, 0, "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->ending, Chain::Ending::may_sleep);
    EXPECT_FALSE(chain->count);
    EXPECT_EQ(chain->state, "with bottom halves off");
    EXPECT_EQ(chain->disabled_at.function, "__dev_queue_xmit");
    EXPECT_FALSE(chain->contradictory) << chain->contradiction;
    EXPECT_THAT(chain->checks,
                testing::Contains(testing::Field(&CountCheck::words, HasSubstr("does not print it"))));
    EventInfo cut = before_5_15(1, 0, "");
    cut.report.fields.erase("in_atomic");
    EXPECT_FALSE(build_chain(cut)) << "nothing says what forbids it";
}

TEST(Chain, WhereInterruptsForbidTheSleepThePlaceOfThePreemptionSaysNothing) {
    const auto chain = build_chain(before_5_15(0, 1, "__dev_queue_xmit"));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->state, "with interrupts off");
    EXPECT_EQ(chain->disabled_at.function, "");
    EXPECT_FALSE(chain->disabled_known);
}

TEST(Chain, AReaderOfRcuIsShownWhereItBegan) {
    EventInfo event = before_5_15(0, 0, "__dev_queue_xmit");
    event.report.fields["held_locks"] =
        Fields::array({{{"class", "rcu_read_lock"}, {"function", "nfnetlink_rcv_msg"}}});
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->state, "inside rcu_read_lock()");
    EXPECT_EQ(chain->disabled_at.function, "nfnetlink_rcv_msg");
    EXPECT_THAT(chain->sentence, HasSubstr("inside rcu_read_lock() since nfnetlink_rcv_msg"));
}

TEST(Chain, WithoutAnyPlaceItBeginsAtTheGuiltyAndSaysSo) {
    const auto chain = build_chain(report(0x2, {"schedule", "mutex_lock", "f", "g", "kthread"}, "f", ""));
    ASSERT_TRUE(chain);
    EXPECT_FALSE(chain->disabled_known);
    EXPECT_EQ(chain->links[chain->disabled_link].function, "f");
    EXPECT_EQ(chain->unexplained, 1);
    EXPECT_THAT(chain->sentence, HasSubstr("since where, the report does not show"));
}

// What debug info shows is as if f() had taken a spinlock and released another one before it called on.
TEST(Chain, DebugInfoShowsWhatTheTableDoesNotKnow) {
    EventInfo event = report(0x2, {"schedule", "mutex_lock", "f", "g", "kthread"}, "f", "");
    event.count_ways.resize(event.report.frames.size());
    const auto call = [](const char* name, std::uint64_t offset) { return PathCall{name, offset, {}}; };
    event.count_ways[2] = std::make_shared<const std::vector<CountWay>>(
        count_ways({{call("_raw_spin_lock", 8), call("_raw_spin_lock_irqsave", 16),
                     call("_raw_spin_unlock_irqrestore", 32)}}));
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->unexplained, 0);
    EXPECT_TRUE(chain->disabled_known);
    EXPECT_EQ(chain->disabled_at.function, "f");
    EXPECT_EQ(chain->links[chain->disabled_link].proof, "shown");
    EXPECT_THAT(chain->links[chain->disabled_link].basis, HasSubstr("_raw_spin_lock at +0x8"));
}

TEST(Chain, OnARealtimeKernelLocksAndBottomHalvesDoNotCount) {
    ChainContext context;
    context.release = "5.10.153-rt76";
    const auto chain = build_chain(report(0x2, transmit, "drv_notify", ""), context);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->unexplained, 1);
    EXPECT_EQ(chain->links[chain->guilty_link].count_after, 0U);
}

TEST(Chain, ACpuThatLoopsEndsInTheLoopingFrame) {
    EventInfo event = report(0, {"read_hpet", "hw_poll", "hw_thread", "kthread"}, "hw_thread", "");
    event.report.kind = EventKind::soft_lockup;
    event.report.preempt_count.reset();
    event.report.task = {"hw", 310};
    event.report.frames[1].module = event.report.frames[2].module = "hw";
    ChainContext context;
    context.text = "RIP: 0010:read_hpet+0x0/0xb0\nRSP: 0018:ffffb2d70019bed0 EFLAGS: 00000002\n";
    const auto chain = build_chain(event, context);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->ending, Chain::Ending::spins);
    EXPECT_EQ(chain->links[chain->end_link].function, "hw_poll");
    EXPECT_FALSE(chain->count);
    EXPECT_THAT(chain->sentence, HasSubstr("hw (pid 310) loops in hw_poll with interrupts off"));
    event.report.task = {"swapper/1", 0};
    EXPECT_FALSE(build_chain(event, context)) << "an idle CPU does not loop";
}

TEST(Chain, TheCpuNumberWhereItMayChange) {
    EventInfo event = report(0, {"dump_stack", "check_preemption_disabled", "f", "g", "kthread"}, "f", "");
    event.report.kind = EventKind::bug;
    event.report.preempt_count.reset();
    event.report.headline = "BUG: using smp_processor_id() in preemptible [00000000] code: app/321";
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->ending, Chain::Ending::preemptible);
    EXPECT_EQ(chain->links[chain->end_link].function, "check_preemption_disabled");
}

TEST(Chain, ALockThatItsContextDoesNotAllow) {
    EventInfo event = report(0, {"lock_acquire", "_raw_spin_lock", "f", "g", "kthread"}, "f", "");
    event.report.kind = EventKind::lockdep;
    event.report.preempt_count.reset();
    event.report.fields = Fields{{"family", "wait_context"},
                                 {"held_locks", Fields::array({{{"class", "&g->raw"}, {"function", "g"}}})}};
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->ending, Chain::Ending::wrong_lock);
    EXPECT_THAT(chain->links[1].locks, testing::ElementsAre("&g->raw"));
}

TEST(Chain, TheFrameThatGaveBackTooMuch) {
    EventInfo event = report(0, {"preempt_count_sub", "_raw_spin_unlock", "f", "g"}, "f", "");
    event.report.kind = EventKind::warning;
    event.report.preempt_count.reset();
    event.report.fields = Fields{{"function", "preempt_count_sub"}};
    const auto chain = build_chain(event);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->ending, Chain::Ending::underflow);
    EXPECT_EQ(chain->links[chain->end_link].function, "preempt_count_sub");
}

TEST(CountWays, ATrylockMayHaveFailed) {
    const auto ways = count_ways({{PathCall{"_raw_spin_trylock", 4, {}}}});
    ASSERT_EQ(ways.size(), 2U);
    EXPECT_EQ(ways[0].sum() + ways[1].sum(), 1);
}

TEST(CountWays, AnAmountIsReadFromItsArgument) {
    const auto ways = count_ways({{PathCall{"__local_bh_disable_ip", 4, {std::nullopt, 0x200}}}});
    ASSERT_EQ(ways.size(), 1U);
    EXPECT_EQ(ways[0].sum(), 0x200);
    EXPECT_TRUE(count_ways({{PathCall{"preempt_count_add", 4, {}}}}).empty()) << "an unknown amount says nothing";
}

TEST(CountWays, X86ChangesItsCounterInline) {
    const auto ways = count_ways({{PathCall{"__preempt_count", 4, {1}}, PathCall{"__preempt_count", 12, {0x200}},
                                   PathCall{"__preempt_count", 20, {-1}}}});
    ASSERT_EQ(ways.size(), 1U);
    ASSERT_EQ(ways[0].changes.size(), 1U);
    EXPECT_EQ(ways[0].changes[0].words, "bottom halves off");
    EXPECT_EQ(ways[0].sum(), 0x200);
}

TEST(PreemptCount, BelowZeroIsSigned) {
    for (const std::uint32_t raw : {0x7ffffe01U, 0xfffffe01U, 0x0000fe01U}) {
        const PreemptCount count = decode_preempt_count(raw);
        EXPECT_EQ(count.value, -511) << std::hex << raw;
        EXPECT_THAT(preempt_words(count), HasSubstr("-511, below zero"));
    }
}

TEST(InterruptFlag, ByArchitecture) {
    EXPECT_FALSE(interrupt_flag("RIP: 0033:0x435d50\nRSP: 002b:00007ffffd505ae8 EFLAGS: 00000202"))
        << "a user's registers";
    EXPECT_FALSE(interrupt_flag("REGS: c0 TRAP: 0700\nMSR:  000000008202b002 <VEC,CE,EE,FP,ME>\nIRQMASK: 1\n")->on);
    EXPECT_TRUE(interrupt_flag("MSR: 00029032 <EE,ME,IR,DR,RI>  CR: 24004224")->on);
    EXPECT_FALSE(interrupt_flag("no registers here"));
}

}  // namespace
}  // namespace stallsight
