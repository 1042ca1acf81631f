// Who is blamed. The reports are made from the kernel's format strings; who is guilty in each is what a maintainer
// would answer.
#include "analysis/guilty/guilty.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

TEST(Guilty, FieldReport) {
    const auto bytes =
        Bytes::map_file(STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby/nt-a/core-0/kern.log");
    ASSERT_TRUE(bytes);
    const LogScan scan = scan_log(bytes->view());
    ASSERT_FALSE(scan.events.empty());
    const Guilty guilty = find_guilty(scan.events[0]);
    EXPECT_EQ(guilty.function, "nokia_rpmsg_notify");
    EXPECT_EQ(guilty.module, "rpmsg_platform_driver");
    EXPECT_EQ(guilty.frame, 7U);
    EXPECT_EQ(guilty.candidates, (std::vector<std::string>{"virtqueue_notify", "rpmsg_send_offchannel_raw"}));
    EXPECT_EQ(canonical_title(scan.events[0], guilty), "BUG: scheduling while atomic in nokia_rpmsg_notify");
}

struct Case {
    const char* name;
    std::vector<const char*> lines;
    const char* function;
    const char* reason;  // a part of it
};

class GuiltyOf : public testing::TestWithParam<Case> {};

TEST_P(GuiltyOf, IsNamedWithTheReason) {
    std::string text;
    for (const char* line : GetParam().lines) text += "[  100.000000] " + std::string(line) + "\n";
    const LogScan scan = scan_log(text);
    ASSERT_FALSE(scan.events.empty());
    const Guilty guilty = find_guilty(scan.events[0]);
    EXPECT_EQ(guilty.function, GetParam().function);
    EXPECT_THAT(guilty.reason, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Reports, GuiltyOf,
    testing::Values(
        Case{"helpers_do_what_they_are_told",
             {"BUG: KASAN: use-after-free in memcpy+0x1/0x2",
              "Read of size 8 at addr ffff888100000010 by task hwa/77", "Call Trace:", " dump_stack+0x1/0x2",
              " kasan_report+0x1/0x2", " memcpy+0x1/0x2", " hwa_copy_frame+0x1/0x2 [hwa]",
              " hwa_xmit+0x1/0x2 [hwa]"},
             "hwa_copy_frame",
             "reporting machinery"},
        Case{"compilers_suffixes_are_no_part_of_the_name",
             {"BUG: sleeping function called from invalid context at mm/slab.h:1",
              "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 7, name: hwa", "Call Trace:",
              " __might_resched+0x1/0x2", " kmalloc_trace+0x1/0x2", " hwa_grow.constprop.0.isra.3+0x1/0x2 [hwa]"},
             "hwa_grow",
             "passed over"},
        Case{"a_warning_names_its_function",
             {"WARNING: CPU: 1 PID: 7 at drivers/hwa.c:10 hwa_check+0x1/0x2 [hwa]", "Call Trace:",
              " hwa_check+0x1/0x2 [hwa]", " hwa_open+0x1/0x2 [hwa]", "---[ end trace 0000000000000001 ]---"},
             "hwa_check",
             "first line"},
        Case{"a_warning_in_a_helper_is_its_callers",
             {"WARNING: CPU: 1 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2", "Call Trace:",
              " refcount_warn_saturate+0x1/0x2", " hwa_put+0x1/0x2 [hwa]", "---[ end trace 0000000000000001 ]---"},
             "hwa_put",
             "passed over"},
        Case{"a_cpu_that_loops_does_what_it_was_asked_to",
             {"watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [kworker/1:0:77]",
              "CPU: 1 PID: 77 Comm: kworker/1:0", "Call Trace:", " _raw_spin_lock+0x1/0x2",
              " hwa_leaf+0x1/0x2 [hwa]", " hwa_poll_work+0x1/0x2 [hwa]", " process_one_work+0x1/0x2",
              " worker_thread+0x1/0x2", " kthread+0x1/0x2"},
             "hwa_poll_work",
             "process_one_work called"},
        Case{"a_cpu_that_waits_for_the_others_is_a_victim",
             {"watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [hwa:77]", "CPU: 1 PID: 77 Comm: hwa",
              "Call Trace:", " smp_call_function_many_cond+0x1/0x2", " on_each_cpu_cond_mask+0x1/0x2",
              " flush_tlb_kernel_range+0x1/0x2"},
             "smp_call_function_many_cond",
             "waits for another one"},
        Case{
            "the_interrupt_that_found_a_stall_is_passed",
            {"rcu: INFO: rcu_sched self-detected stall on CPU", "rcu: \t1-....: (21000 ticks this GP) idle=1/1/0x1",
             "\t(t=21002 jiffies g=7 q=9)", "Call Trace:", " <IRQ>", " rcu_sched_clock_irq+0x1/0x2",
             " hrtimer_interrupt+0x1/0x2", " asm_sysvec_apic_timer_interrupt+0x1/0x2", " </IRQ>",
             " hwa_spin+0x1/0x2 [hwa]", " kthread+0x1/0x2", " ret_from_fork+0x1/0x2"},
            "hwa_spin",
            ""},
        Case{"lockdep_names_where_the_cycle_closes",
             {"WARNING: possible circular locking dependency detected", "6.1.0 #1 Not tainted",
              "hwa/77 is trying to acquire lock:",
              "ffff888100000010 (&a->lock){+.+.}-{3:3}, at: take_a+0x1/0x2 [hwa]",
              "but task is already holding lock:",
              "ffff888100000020 (&b->lock){+.+.}-{3:3}, at: take_b+0x1/0x2 [hwa]",
              "which lock already depends on the new lock."},
             "take_a",
             "closes the cycle"},
        Case{"an_unsafe_order_is_about_the_lock_of_an_interrupt",
             {"WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected", "6.1.0 #1 Not tainted",
              "hwa/77 [HC0[0]:SC0[0]:HE0:SE1] is trying to acquire:",
              "ffff888100000010 (&a->lock){.+.+}-{2:2}, at: take_a+0x1/0x2 [hwa]",
              "and this task is already holding:",
              "ffff888100000020 (&b->lock){-...}-{2:2}, at: take_b+0x1/0x2 [hwa]",
              "but this new dependency connects a HARDIRQ-irq-safe lock:", " (&b->lock){-...}-{2:2}",
              "... which became HARDIRQ-irq-safe at:", "  lock_acquire+0x1/0x2", "  _raw_spin_lock_irqsave+0x1/0x2",
              "  hwa_timer+0x1/0x2 [hwa]", "  __hrtimer_run_queues+0x1/0x2",
              "to a HARDIRQ-irq-unsafe lock:", " (&a->lock){.+.+}-{2:2}",
              "... which became HARDIRQ-irq-unsafe at:", "...", "  lock_acquire+0x1/0x2", "  take_a+0x1/0x2 [hwa]"},
             "hwa_timer",
             "in an interrupt"},
        Case{
            "of_an_overflown_stack_the_one_who_began",
            {"BUG: TASK stack guard page was hit at ffffc90000000000 (stack is ffffc90000001000..ffffc90000008fff)",
             "stack guard page: 0000 [#1] SMP", "CPU: 1 PID: 77 Comm: hwa", "RIP: 0010:hwa_walk+0x1/0x2",
             "Call Trace:", " hwa_walk+0x1/0x2", " hwa_walk+0x1/0x2", " hwa_walk+0x1/0x2", " hwa_walk+0x1/0x2",
             " hwa_start+0x1/0x2", " do_syscall_64+0x1/0x2"},
            "hwa_start",
            ""},
        Case{"a_stack_of_machinery_alone",
             {"BUG: scheduling while atomic: swapper/0/0/0x00000100", "Call Trace:", " dump_stack+0x1/0x2",
              " __schedule_bug+0x1/0x2", " schedule+0x1/0x2", " schedule_timeout+0x1/0x2"},
             "schedule",
             "every frame is machinery"},
        // lib/smp_processor_id.c
        Case{"the_kernel_names_the_caller",
             {"BUG: using smp_processor_id() in preemptible [00000000] code: hwa/77",
              "caller is hwa_open+0x1/0x2 [hwa]", "CPU: 1 PID: 77 Comm: hwa"},
             "hwa_open",
             "as the caller"},
        Case{"without_frame_pointers_no_frame_is_sure",
             {"INFO: task hwa:77 blocked for more than 120 seconds.",
              "hwa             D 0000000000000004     0    77  2 0",
              "Call Trace:", " [<ffffffff813a3aee>] ? schedule+0x1/0x2",
              " [<ffffffff813a3aef>] ? mutex_lock+0x1/0x2", " [<ffffffffa06e2fdd>] ? hwa_wait_reply+0x1/0x2 [hwa]"},
             "hwa_wait_reply",
             "doubts all frames"},
        Case{"a_kworker_that_stalls_in_machinery_did_its_work",
             {"rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... } 6 jiffies s: 85 root: "
              "0x1/.",
              "Task dump for CPU 0:",
              "task:kworker/u4:4    state:R  running task     stack:    0 pid:  314 ppid:     2",
              "Workqueue: events_unbound hwa_check_work [hwa]", "Call Trace:", " __schedule+0x1/0x2",
              " __cond_resched+0x1/0x2", " process_one_work+0x1/0x2", " worker_thread+0x1/0x2"},
             "hwa_check_work",
             "the kworker did"},
        // kernel/workqueue.c, print_worker_info()
        Case{"a_kworker_says_what_it_did",
             {"refcount_t: underflow; use-after-free.",
              "WARNING: CPU: 1 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2",
              "CPU: 1 PID: 7 Comm: kworker/0:2 Not tainted 6.1.0 #1", "Workqueue: events hwa_free_work [hwa]",
              "RIP: 0010:refcount_warn_saturate+0x1/0x2"},
             "hwa_free_work",
             "the kworker did"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Guilty, TheNextCandidatesFollow) {
    const LogScan scan = scan_log(
        "[  100.000000] BUG: scheduling while atomic: hwa/77/0x00000002\n[  100.000000] Call Trace:\n"
        "[  100.000000]  __schedule_bug+0x1/0x2\n[  100.000000]  mutex_lock+0x1/0x2\n"
        "[  100.000000]  ? stale+0x1/0x2\n[  100.000000]  one+0x1/0x2 [a]\n[  100.000000]  two+0x1/0x2 [b]\n"
        "[  100.000000]  three+0x1/0x2\n[  100.000000]  four+0x1/0x2\n");
    ASSERT_EQ(scan.events.size(), 1U);
    const Guilty guilty = find_guilty(scan.events[0]);
    EXPECT_EQ(guilty.function, "one");
    EXPECT_EQ(guilty.candidates, (std::vector<std::string>{"two [b]", "three"}));
}

}  // namespace
}  // namespace stallsight
