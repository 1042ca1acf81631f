// What kernels 5.10, 6.12 and 7.2 print in other words or another order than 6.1: excerpts of real logs of a module
// that does one thing wrong in each function, which is therefore known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Analysis analysed(const std::string& log) {
    const test::TemporaryFolder folder;
    return analyse(folder.file("a.log", log)).value();
}

// 6.12: the stack is that of a WARN_ON(1) behind the report.
TEST(NewerKernels, ASlabReportAndItsWarningAreOne) {
    const Analysis a = analysed(R"([   13.996000] BUG lf_buffer (Tainted: G           OE     ): Object corrupt
[   13.996000] -----------------------------------------------------------------------------
[   13.997000] Allocated in fail_now.constprop.0+0x88a/0x990 [labfail] age=0 cpu=2 pid=170
[   13.997000]  fail_now.constprop.0+0x88a/0x990 [labfail]
[   13.997000]  fail_thread+0x18/0x40 [labfail]
[   13.997000]  kthread+0xd2/0x100
[   13.997000] Freed in fail_now.constprop.0+0x89c/0x990 [labfail] age=0 cpu=2 pid=170
[   13.997000]  fail_now.constprop.0+0x89c/0x990 [labfail]
[   13.997000]  fail_thread+0x18/0x40 [labfail]
[   13.997000] Slab 0xffffedd50008dd00 objects=21 used=1 fp=0xffff8918c2374608 flags=0xfffffc0000200(node=0|zone=1)
[   13.998000] Object   ffff8918c2374188: 6b 6b 6b 6b 6b 6b 6b 6b 07 6b 6b 6b 6b 6b 6b 6b  kkkkkkkk.kkkkkkk
[   14.002000] ------------[ cut here ]------------
[   14.002000] WARNING: CPU: 1 PID: 165 at mm/slub.c:1124 object_err+0x1d2/0x1df
[   14.003000] Modules linked in: labfail(OE)
[   14.003000] CPU: 1 UID: 0 PID: 165 Comm: lf_slaboob Tainted: G    B      OE      6.12.107+deb13-cloud-amd64 #1
[   14.004000] RIP: 0010:object_err+0x1d2/0x1df
[   14.011000] Call Trace:
[   14.011000]  <TASK>
[   14.011000]  check_bytes_and_report.cold+0x66/0x84
[   14.011000]  check_object+0x24a/0x310
[   14.011000]  free_to_partial_list+0x1d3/0x490
[   14.012000]  kmem_cache_free+0x3a4/0x440
[   14.012000]  release_buffer+0x14/0x20 [labfail]
[   14.012000]  fail_now.constprop.0+0x8ed/0x990 [labfail]
[   14.085000]  </TASK>
[   14.085000] ---[ end trace 0000000000000000 ]---
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].report.kind, EventKind::bug);
    EXPECT_EQ(a.events[0].guilty.function, "release_buffer");
    EXPECT_EQ(a.events[0].report.task.comm, "lf_slaboob");
}

TEST(NewerKernels, AWarningElsewhereIsNoPartOfASlabReport) {
    const Analysis a = analysed(R"([   13.996000] BUG lf_buffer (Tainted: G           OE     ): Object corrupt
[   13.997000] Slab 0xffffedd50008dd00 objects=21 used=1 fp=0xffff8918c2374608 flags=0xfffffc0000200(node=0|zone=1)
[   14.002000] ------------[ cut here ]------------
[   14.002000] WARNING: CPU: 1 PID: 165 at drivers/lab.c:12 check_queue+0x12/0x1f [labfail]
[   14.011000] Call Trace:
[   14.012000]  release_buffer+0x14/0x20 [labfail]
[   14.085000] ---[ end trace 0000000000000000 ]---
)");
    ASSERT_EQ(a.events.size(), 2U);
    EXPECT_EQ(a.events[1].guilty.function, "check_queue");
}

// 6.12: an hrtimer's function loops on the idle CPU 3; CPU 2 asks for its stack.
TEST(NewerKernels, WhatLoopsInAnInterruptIsNotWhatItInterrupted) {
    const Analysis a = analysed(R"([   95.855000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[   95.855000] rcu: 	3-...0: (3 ticks this GP) idle=8874/0/0x1 softirq=292/294 fqs=164
[   95.856000] rcu: 	(detected by 2, t=1266 jiffies, g=-307, q=23 ncpus=4)
[   95.856000] Sending NMI from CPU 2 to CPUs 3:
[   95.955000] NMI backtrace for cpu 3
[   95.955000] CPU: 3 UID: 0 PID: 0 Comm: swapper/3 Tainted: G           OEL     6.12.107+deb13-cloud-amd64 #1
[   95.955000] RIP: 0010:poll_ring_ready+0xd/0x20 [labfail]
[   95.955000] RSP: 0018:ffffcf6dc0178f08 EFLAGS: 00000097
[   95.955000] Call Trace:
[   95.955000]  <IRQ>
[   95.955000]  sample_adc+0x2c/0x40 [labfail]
[   95.955000]  adc_tick+0xe/0x20 [labfail]
[   95.955000]  __hrtimer_run_queues+0x12d/0x240
[   95.955000]  hrtimer_interrupt+0xfa/0x210
[   95.955000]  __sysvec_apic_timer_interrupt+0x55/0x100
[   95.955000]  sysvec_apic_timer_interrupt+0x6c/0x90
[   95.955000]  </IRQ>
[   95.955000]  <TASK>
[   95.955000]  asm_sysvec_apic_timer_interrupt+0x1a/0x20
[   95.955000] RIP: 0010:pv_native_safe_halt+0xf/0x20
[   95.956000]  default_idle+0x9/0x20
[   95.956000]  do_idle+0x269/0x2a0
[   95.956000]  common_startup_64+0x13e/0x141
[   95.956000]  </TASK>
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].guilty.function, "adc_tick");
    ASSERT_EQ(a.chains.size(), 1U);
    EXPECT_THAT(a.chains[0].sentence, HasSubstr("swapper/3 (pid 0) loops in poll_ring_ready"));
}

// 7.2, preempt=full: a reader was preempted in its critical section.
TEST(NewerKernels, APreemptedReaderIsNamedAndNoCpu) {
    const Analysis a = analysed(R"([   35.490000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[   35.491000] rcu: 	Tasks blocked on level-0 rcu_node (CPUs 0-3): P140/1:b..l
[   35.491000] rcu: 	(detected by 1, t=1252 jiffies, g=-559, q=22 ncpus=4)
[   35.492000] task:lf_rcureader    state:R  running task     stack:0     pid:140   tgid:140   ppid:2      task_flags:0x4208040 flags:0x00080000
[   35.492000] Call Trace:
[   35.492000]  <TASK>
[   35.492000]  __schedule+0x4c5/0x1070
[   35.492000]  preempt_schedule_irq+0x38/0x60
[   35.493000]  irqentry_exit+0x14f/0x680
[   35.493000]  asm_sysvec_apic_timer_interrupt+0x1a/0x20
[   35.493000] RIP: 0010:poll_ring_ready+0xd/0x20 [labfail]
[   35.504000]  age_entries+0x31/0x50 [labfail]
[   35.504000]  fail_thread+0x18/0x20 [labfail]
[   35.504000]  kthread+0xe4/0x120
[   35.505000]  ret_from_fork_asm+0x1a/0x30
[   35.505000]  </TASK>
)");
    ASSERT_EQ(a.chains.size(), 1U);
    EXPECT_THAT(a.chains[0].sentence, HasSubstr("lf_rcureader (pid 140) is in poll_ring_ready"));
    EXPECT_THAT(a.chains[0].sentence, HasSubstr("inside rcu_read_lock()"));
}

// 6.12: the scheduler's report reset the count, and the lock given back brought it below zero.
TEST(NewerKernels, ACountOfZeroIsDamageOfTheReportBeforeIt) {
    const auto atomic = [](const std::string& s, const std::string& count, const std::string& caller) {
        return "[   " + s + "000] BUG: scheduling while atomic: lf_spinsleep/177/" + count + "\n[   " + s +
               "000] CPU: 1 UID: 0 PID: 177 Comm: lf_spinsleep Tainted: G        W  OE      "
               "6.12.107+deb13-cloud-amd64 "
               "#1\n[   " +
               s + "000] Call Trace:\n[   " + s + "000]  <TASK>\n[   " + s +
               "000]  __schedule_bug.cold+0x42/0x4e\n[   " + s + "000]  __schedule+0x9be/0xc00\n[   " + s +
               "000]  " + caller + "\n[   " + s + "000]  kthread+0xd2/0x100\n[   " + s + "000]  </TASK>\n";
    };
    const Analysis a = analysed(atomic("17.133", "0x00000002", "settle_hw+0xf/0x20 [labfail]") +
                                atomic("17.190", "0x00000000", "do_task_dead+0x42/0x50"));
    ASSERT_EQ(a.events.size(), 2U);
    EXPECT_EQ(a.events[1].caused_by, a.events[0].id);
    EXPECT_THAT(a.events[1].follows_because, HasSubstr("below zero"));
}

TEST(NewerKernels, WhoSleptInsideRcuReadLockIsBlamedForTheContextSwitch) {
    const Analysis a = analysed(R"([   20.157000] ------------[ cut here ]------------
[   20.157000] Voluntary context switch within RCU read-side critical section!
[   20.158000] WARNING: CPU: 1 PID: 187 at kernel/rcu/tree_plugin.h:331 rcu_note_context_switch+0x5a9/0x610
[   20.159000] RIP: 0010:rcu_note_context_switch+0x5a9/0x610
[   20.162000] Call Trace:
[   20.162000]  <TASK>
[   20.162000]  __schedule+0xb5/0xc00
[   20.163000]  schedule+0x27/0xc0
[   20.163000]  schedule_timeout+0x9e/0x160
[   20.163000]  msleep+0x2b/0x40
[   20.163000]  refresh_route+0xf/0x20 [labfail]
[   20.163000]  lookup_route+0xf/0x20 [labfail]
[   20.164000]  </TASK>
[   20.164000] ---[ end trace 0000000000000000 ]---
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].guilty.function, "refresh_route");
}

// 7.2: nx_bytes is data, to which run_blob jumped.
TEST(NewerKernels, WhereNothingCouldRunTheCallerIsBlamed) {
    const Analysis a = analysed(R"([   29.645000] BUG: unable to handle page fault for address: ffffffffc04645e0
[   29.645000] #PF: supervisor instruction fetch in kernel mode
[   29.646000] #PF: error_code(0x0011) - permissions violation
[   29.646000] Oops: Oops: 0011 [#8] SMP NOPTI
[   29.646000] RIP: 0010:nx_bytes+0x0/0x40 [labfail]
[   29.650000] Call Trace:
[   29.650000]  <TASK>
[   29.650000]  run_blob+0xe/0x20 [labfail]
[   29.650000]  fail_thread+0x18/0x20 [labfail]
[   29.651000]  </TASK>
[   29.651000] ---[ end trace 0000000000000000 ]---
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].guilty.function, "run_blob");
}

// 5.10: RIP stood in a retpoline, so that the kernel found no frame it trusts; the watchdog's interrupt comes
// first.
TEST(NewerKernels, OnAStackThatTheKernelDoubtsTheWatchdogIsNotBlamed) {
    const Analysis a =
        analysed(R"([   24.413835] watchdog: BUG: soft lockup - CPU#1 stuck for 9s! [lf_preemptoff:102]
[   24.414454] CPU: 1 PID: 102 Comm: lf_preemptoff Tainted: G           OE     5.10.0-32-cloud-amd64 #1
[   24.414666] RIP: 0010:__x86_indirect_thunk_array+0x0/0x20
[   24.417535] Call Trace:
[   24.417535]  <IRQ>
[   24.417535]  ? watchdog_timer_fn+0x1bb/0x210
[   24.417535]  ? lockup_detector_update_enable+0x50/0x50
[   24.417535]  ? __hrtimer_run_queues+0x12a/0x280
[   24.417535]  ? hrtimer_interrupt+0x110/0x2c0
[   24.417535]  ? __sysvec_apic_timer_interrupt+0x5f/0xe0
[   24.417535]  </IRQ>
[   24.417535]  ? asm_sysvec_apic_timer_interrupt+0x12/0x20
[   24.417535]  ? poll_ring_ready+0x12/0x20 [labfail]
[   24.417535]  ? drain_ring+0x2c/0x40 [labfail]
[   24.417535]  ? fail_thread+0x14/0x1b [labfail]
[   24.417535]  ? kthread+0x11b/0x140
[   24.417535]  ? ret_from_fork+0x22/0x30
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].guilty.function, "fail_thread");
}

// 5.10: fail_thread, whose address a kthread keeps on its stack, lies behind fail_set.
TEST(NewerKernels, AFunctionsAddressOnADoubtedStackIsNoCaller) {
    const Analysis a = analysed(R"([   11.801389] BUG: unable to handle page fault for address: 000000005a5a5000
[   11.801630] #PF: supervisor instruction fetch in kernel mode
[   11.801942] Oops: 0010 [#3] SMP NOPTI
[   11.803840] Call Trace:
[   11.804277]  ? exc_page_fault+0x78/0x160
[   11.804355]  ? asm_exc_page_fault+0x1e/0x30
[   11.804446]  ? fail_set+0x290/0x290 [labfail]
[   11.805106]  ? call_hook+0xf/0x20 [labfail]
[   11.805106]  ? fail_now.constprop.0+0x97f/0x990 [labfail]
[   11.805106]  ? ret_from_fork+0x22/0x30
)");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].guilty.function, "call_hook");
}

std::string hung(const std::string& s, const std::string& words, const std::string& owner = {}) {
    return "[   " + s + "000] INFO: task lf_hung:130 blocked" + words + " seconds.\n[   " + s +
           "000]       Tainted: G           OE       7.2.13+deb14-cloud-amd64 #1\n[   " + s +
           "000] task:lf_hung         state:D stack:0     pid:130   tgid:130   ppid:2\n[   " + s +
           "000] Call Trace:\n[   " + s + "000]  <TASK>\n[   " + s + "000]  schedule+0x27/0xa0\n[   " + s +
           "000]  apply_config+0x20/0x40 [labfail]\n[   " + s + "000]  </TASK>\n" + owner;
}

// kernel/hung_task.c, debug_show_blocker(): the mutex's line is of a real log, the others are its format strings.
TEST(NewerKernels, AHungTasksReportNamesTheHolder) {
    const auto holder = [](const std::string& line) {
        return analysed(hung("19.494", " for more than 6", "[   19.544000] INFO: task lf_hung:130 " + line + "\n"))
            .events.at(0)
            .report.fields.value("holder", "");
    };
    EXPECT_EQ(holder("is blocked on a mutex likely owned by task lf_holder:129."), "lf_holder:129");
    EXPECT_EQ(holder("blocked on a semaphore likely last held by task lf_holder:129"), "lf_holder:129");
    EXPECT_EQ(holder("<writer> blocked on an rw-semaphore likely owned by task lf_holder:129 <reader>"),
              "lf_holder:129");
    EXPECT_EQ(holder("is blocked on a mutex, but the owner is not found."), "");
}

// 7.x
TEST(NewerKernels, ATaskMayBeHungInIoWait) {
    const Analysis a = analysed(hung("19.494", " in I/O wait for more than 6"));
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_EQ(a.events[0].report.fields.value("blocked_s", 0), 6);
    EXPECT_TRUE(a.events[0].report.fields.value("io_wait", false));
    EXPECT_EQ(a.events[0].report.task.comm, "lf_hung");
}

// hung_task_check_interval_secs was 2: the next report was due at 23.6 s.
TEST(NewerKernels, AHungTaskThatIsNotReportedAtTheNextCheckGoesOn) {
    const Analysis a = analysed(hung("19.594", " for more than 6") + hung("21.594", " for more than 8") +
                                "[   60.000000] labtest: over\n");
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_FALSE(a.stalls[0].open);
    EXPECT_NEAR(a.stalls[0].end_window.from_s, 21.594, 0.01);
    EXPECT_NEAR(a.stalls[0].end_window.to_s, 24.594, 0.01);
}

// kernel/hung_task.c reports 10 times and is silent then; but what was over before was seen to be.
TEST(NewerKernels, WarningsThatWereUsedUpLaterSayNothingOfAnEarlierTask) {
    std::string log;
    for (int i = 0; i < 5; ++i) log += hung(std::to_string(20 + 2 * i) + ".000", " for more than 6");
    std::string other;
    for (int i = 0; i < 5; ++i) other += hung(std::to_string(60 + 2 * i) + ".000", " for more than 6");
    for (std::size_t at = 0; (at = other.find("lf_hung:130", at)) != std::string::npos; ++at)
        other.replace(at, 11, "lf_next:131");
    const Analysis a = analysed(log + other + "[   99.000000] labtest: over\n");
    ASSERT_EQ(a.stalls.size(), 2U);
    EXPECT_FALSE(a.stalls[0].open);
    EXPECT_TRUE(a.stalls[1].open);
}

}  // namespace
}  // namespace stallsight
