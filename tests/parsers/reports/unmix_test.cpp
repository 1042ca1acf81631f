// Reports of several CPUs in one console: which line is whose.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> functions(const Event& event) {
    std::vector<std::string> out;
    for (const Frame& frame : event.frames) out.push_back(frame.function);
    return out;
}

TEST(Unmix, StackPointersTellThePpcStacksOfTwoCpusApart) {
    const LogScan scan = scan_log(
        "[   10.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   10.000002] BUG: scheduling while atomic: tx_b/202/0x00000203\n"
        "[   10.000003] CPU: 1 PID: 101 Comm: tx_a Not tainted 5.4.72 #2\n"
        "[   10.000004] CPU: 2 PID: 202 Comm: tx_b Not tainted 5.4.72 #2\n"
        "[   10.000005] Call Trace:\n"
        "[   10.000006] Call Trace:\n"
        "[   10.000007] [c0000000a0001000] [c00000000073d4f4] .dump_stack+0xa0/0xd4 (unreliable)\n"
        "[   10.000008] [c0000000b0001000] [c00000000073d4f4] .dump_stack+0xa0/0xd4 (unreliable)\n"
        "[   10.000009] [c0000000a0001090] [c000000000001000] .__schedule_bug+0xcc/0xe8\n"
        "[   10.000010] [c0000000a0001120] [c000000000002000] .send_a+0x10/0x20 [mod_a]\n"
        "[   10.000011] [c0000000b0001090] [c000000000001000] .__schedule_bug+0xcc/0xe8\n"
        "[   10.000012] [c0000000a00011b0] [c000000000003000] system_call+0x60/0x6c\n"
        "[   10.000013] [c0000000b0001120] [c000000000002000] .send_b+0x10/0x20 [mod_b]\n"
        "[   10.000014] [c0000000b00011b0] [c000000000003000] system_call+0x60/0x6c\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("dump_stack", "__schedule_bug", "send_a", "system_call"));
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("dump_stack", "__schedule_bug", "send_b", "system_call"));
    EXPECT_EQ(scan.events[0].cpu, 1);
    EXPECT_EQ(scan.events[1].cpu, 2);
    EXPECT_FALSE(scan.events[0].partial);
    EXPECT_FALSE(scan.events[1].partial);
}

TEST(Unmix, AStackGoesOnBehindTheHeaderOfAnotherCpu) {
    const LogScan scan = scan_log(
        "[   20.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   20.000002] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   20.000003] Call Trace:\n"
        "[   20.000004]  __schedule_bug+0x10/0x20\n"
        "[   20.000005] watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [spin:202]\n"
        "[   20.000006]  send_a+0x10/0x20 [mod_a]\n"
        "[   20.000007]  entry_SYSCALL_64_after_hwframe+0x63/0xcd\n"
        "[   20.000008] CPU: 2 PID: 202 Comm: spin Not tainted 6.1.0 #1\n"
        "[   20.000009] RIP: 0010:spin_here+0x5/0x10 [mod_b]\n"
        "[   20.000010] Call Trace:\n"
        "[   20.000011]  kthread+0xe9/0x110\n"
        "[   20.000012]  ret_from_fork+0x22/0x30\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]),
                ElementsAre("__schedule_bug", "send_a", "entry_SYSCALL_64_after_hwframe"));
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("spin_here", "kthread", "ret_from_fork"));
    EXPECT_FALSE(scan.events[0].partial);
    EXPECT_FALSE(scan.events[1].partial);
}

TEST(Unmix, WhatNothingTellsApartIsSaid) {
    const LogScan scan = scan_log(
        "[   30.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   30.000002] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   30.000003] Call Trace:\n"
        "[   30.000004]  __schedule_bug+0x10/0x20\n"
        "[   30.000005] BUG: scheduling while atomic: tx_b/202/0x00000203\n"
        "[   30.000006] CPU: 2 PID: 202 Comm: tx_b Not tainted 6.1.0 #1\n"
        "[   30.000007] Call Trace:\n"
        "[   30.000008]  __schedule_bug+0x10/0x20\n"
        "[   30.000009]  send_a_or_b+0x10/0x20\n"
        "[   30.000010]  send_b_or_a+0x10/0x20\n"
        "[   30.000011]  entry_SYSCALL_64_after_hwframe+0x63/0xcd\n"
        "[   30.000012]  entry_SYSCALL_64_after_hwframe+0x63/0xcd\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_TRUE(scan.events[0].partial);
    EXPECT_TRUE(scan.events[1].partial);
    EXPECT_THAT(scan.events[0].partial_reason, HasSubstr("the report in line 5"));
    EXPECT_THAT(scan.events[1].partial_reason, HasSubstr("the report in line 1"));
}

TEST(Unmix, OneCpuEndsItsReportBeforeItBeginsAnother) {
    const LogScan scan = scan_log(
        "[   40.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   40.000002] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   40.000003] Call Trace:\n"
        "[   40.000004]  first+0x10/0x20\n"
        "[   40.000005] BUG: scheduling while atomic: tx_a/101/0x00000000\n"
        "[   40.000006] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   40.000007] Call Trace:\n"
        "[   40.000008]  second+0x10/0x20\n"
        "[   40.000009] done\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("first"));
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("second"));
    EXPECT_FALSE(scan.events[0].partial);
}

TEST(Unmix, CallerTagsTellTheReportsApart) {
    const LogScan scan = scan_log(
        "[   50.000001][  T101] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   50.000002][  T202] BUG: scheduling while atomic: tx_b/202/0x00000203\n"
        "[   50.000003][  T101] Call Trace:\n"
        "[   50.000004][  T202] Call Trace:\n"
        "[   50.000005][  T202]  send_b+0x10/0x20\n"
        "[   50.000006][  T101]  send_a+0x10/0x20\n"
        "[   50.000007][  T202]  ret_from_fork+0x1/0x2\n"
        "[   50.000008][  T101]  ret_from_fork+0x1/0x2\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("send_a", "ret_from_fork"));
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("send_b", "ret_from_fork"));
    EXPECT_THAT(scan.events[0].partial_reason, IsEmpty());
}

TEST(Unmix, ARecordInsideAnothersLineIsARecord) {
    const LogScan scan = scan_log(
        "[   60.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   60.000002] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   60.000003] Call Trace:\n"
        "[   60.000004]  one+0x10/0x20[   60.000005]  two+0x10/0x20\n"
        "[   60.000006]  three+0x1/0x2[   60.000007] watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [spin:202]\n"
        "[   60.000008]  ret_from_fork+0x22/0x30\n"
        "[   60.000009] CPU: 2 PID: 202 Comm: spin Not tainted 6.1.0 #1\n"
        "[   60.000010] Call Trace:\n"
        "[   60.000011]  spinning+0x22/0x30\n"
        "[   60.000012]  ret_from_fork+0x22/0x30\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("one", "two", "three", "ret_from_fork"));
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("spinning", "ret_from_fork"));
}

TEST(Unmix, TheRestOfATornLineIsJoinedToIt) {
    const LogScan scan = scan_log(
        "[   65.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   65.000002] CPU: 1 PID: 101 Comm: tx_a Not tainted 6.1.0 #1\n"
        "[   65.000003] Call Tr[   65.000004] eth0: link up\n"
        "ace:\n"
        "[   65.000005]  one+0x[   65.000006] eth1: link up\n"
        "10/0x20\n"
        "[   65.000007]  two+0x10/0x2[   65.000008] eth2: link up\n"
        "0 [mod]\n"
        "[   65.000009]  thr[   65.000010] watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [spin:202]\n"
        "ee+0x1/0x2\n"
        "[   65.000011]  ret_from_fork+0x22/0x30\n"
        "[   65.000012] CPU: 2 PID: 202 Comm: spin Not tainted 6.1.0 #1\n"
        "[   65.000013] Call Trace:\n"
        "[   65.000014]  spinning+0x22/0x30\n"
        "[   65.000015]  ret_from_fork+0x22/0x30\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("one", "two", "three", "ret_from_fork"));
    EXPECT_EQ(scan.events[0].frames[0].offset, 0x10U);
    EXPECT_EQ(scan.events[0].frames[1].size, 0x20U);
    EXPECT_EQ(scan.events[0].frames[1].module, "mod");
    EXPECT_THAT(functions(scan.events[1]), ElementsAre("spinning", "ret_from_fork"));
}

TEST(Unmix, ALineThatIsNoRestIsNotJoined) {
    const LogScan scan = scan_log(
        "[   66.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   66.000002] Call Trace:\n"
        "[   66.000003]  one+0x10/0x20[   66.000004]  two+0x10/0x20\n"
        "fant-h login: \n"
        "[   66.000005]  ret_from_fork+0x22/0x30\n");
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_THAT(functions(scan.events[0]), ElementsAre("one", "two", "ret_from_fork"));
}

TEST(Partial, AReportThatTheLogCutsOffIsNamed) {
    const LogScan scan = scan_log(
        "[   70.000001] BUG: scheduling while atomic: tx_a/101/0x00000203\n"
        "[   70.000002] Call Trace:\n"
        "[   70.000003]  __schedule_bug+0x10/0x20\n");
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_TRUE(scan.events[0].partial);
    EXPECT_EQ(scan.events[0].partial_reason, "the log ends inside its stack");
}

TEST(Partial, MessagesThatPrintkDroppedAreCounted) {
    const LogScan scan = scan_log(
        "[   80.000001] WARNING: CPU: 1 PID: 7 at mm/slab.c:1 f+0x1/0x2\n"
        "** 25 printk messages dropped ** [   80.000002] Call Trace:\n"
        "[   80.000003]  f+0x1/0x2\n"
        "** 5 printk messages dropped ** [   80.000004]  ret_from_fork+0x1/0x2\n"
        "[   80.000005] ---[ end trace 0000000000000001 ]---\n");
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_EQ(scan.events[0].partial_reason, "printk dropped 30 messages of its time");
}

TEST(Partial, AReportThatTheLogBeginsInsideIsNamed) {
    const LogScan stack = scan_log(
        "[   90.000003]  dump_stack+0x10/0x20\n"
        "[   90.000004]  __schedule_bug+0x10/0x20\n"
        "[   90.000005]  mutex_lock+0x10/0x20\n"
        "[   90.000006]  notify+0x10/0x20 [mod]\n"
        "[   90.000007]  ret_from_fork+0x1/0x2\n"
        "[   90.100000] eth0: link up\n");
    ASSERT_EQ(stack.events.size(), 1U);
    EXPECT_EQ(stack.events[0].kind, EventKind::atomic_sleep);
    EXPECT_EQ(stack.events[0].partial_reason, "the log begins inside it");
    EXPECT_EQ(stack.events[0].frames.size(), 5U);
    EXPECT_EQ(stack.events[0].line, 1U);
    EXPECT_EQ(stack.events[0].line_last, 5U);

    const LogScan stall = scan_log(
        "[   90.000002]  (detected by 2, t=15268234 jiffies, g=60521, q=99)\n"
        "[   90.000003] rcu: rcu_preempt kthread starved for 15268154 jiffies! g60521 f0x2 RCU_GP_WAIT_FQS(5) "
        "->state=0x0 ->cpu=0\n");
    ASSERT_EQ(stall.events.size(), 1U);
    EXPECT_EQ(stall.events[0].kind, EventKind::rcu_stall);
    EXPECT_EQ(stall.events[0].fields["jiffies"], 15268234);
    EXPECT_EQ(stall.events[0].fields["starved"]["cpu"], 0);
}

TEST(Partial, WordsBehindTheHeadTellTheKind) {
    // kernel/hung_task.c, check_hung_task()
    const LogScan scan = scan_log(
        "[   90.000001] \"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
        "[   90.000002] hwa             D    0    77      2 0x80000000\n"
        "[   90.000003] Call Trace:\n"
        "[   90.000004]  __schedule+0x24e/0x880\n"
        "[   90.000005]  hwa_wait+0x2c/0x80 [mod]\n");
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_EQ(scan.events[0].kind, EventKind::hung_task);
    EXPECT_EQ(scan.events[0].frames.size(), 2U);
    EXPECT_TRUE(scan.events[0].partial);
}

TEST(Unmix, TwoCpusThatFaultAtDifferentAddressesAreTwoReports) {
    // arch/arm64/mm/fault.c, die_kernel_fault()
    const LogScan scan = scan_log(
        "[  625.659654] Unable to handle kernel paging request at virtual address 000ee028\n"
        "[  625.659773] Unable to handle kernel paging request at virtual address 000e1028\n"
        "[  625.659788] Internal error: Oops: 96000005 [#1] SMP\n"
        "[  625.659809] CPU: 1 PID: 709 Comm: hwa Not tainted 4.4.120 #1\n"
        "[  625.659828] PC is at hwa_remove+0x20/0x258\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(scan.events[0].fields["address"], "000ee028");
    EXPECT_EQ(scan.events[1].fields["address"], "000e1028");
}

TEST(Partial, AStackBehindDroppedMessagesIsNamed) {
    const LogScan scan = scan_log(
        "[   95.000001] eth0: link up\n[   95.000001] eth0: link up\n[   95.000001] eth0: link up\n"
        "[   95.000001] eth0: link up\n[   95.000001] eth0: link up\n[   95.000001] eth0: link up\n"
        "** 25 printk messages dropped ** [   95.000002]  watchdog_timer_fn+0x1/0x2\n"
        "[   95.000003]  spin+0x1/0x2\n");
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_EQ(scan.events[0].kind, EventKind::soft_lockup);
    EXPECT_EQ(scan.events[0].line, 7U);
    EXPECT_EQ(scan.events[0].partial_reason, "printk dropped its first lines");
}

TEST(Partial, ALogThatBeginsWithAStackOfNothingHasNoReport) {
    EXPECT_THAT(scan_log("[    1.0]  some_work+0x1/0x2\n[    1.0]  ret_from_fork+0x1/0x2\n").events, IsEmpty());
}

}  // namespace
}  // namespace stallsight
