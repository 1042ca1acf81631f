// Kinds and forms of reports that logs from the field seldom show, each made from the kernel's own format strings.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

struct Case {
    const char* name;
    const char* log;
    EventKind kind;
    std::optional<int> cpu;
    const char* innermost;  // of the stack that the report is about; empty: none
    std::size_t frames;
};

class ReportForm : public testing::TestWithParam<Case> {};

TEST_P(ReportForm, IsOneReport) {
    const Case& c = GetParam();
    const LogScan scan = scan_log(c.log);
    ASSERT_EQ(scan.events.size(), 1U);
    const Event& event = scan.events[0];
    EXPECT_EQ(event.kind, c.kind);
    EXPECT_EQ(event.cpu, c.cpu);
    EXPECT_EQ(event.frames.empty() ? "" : event.frames.front().function, c.innermost);
    EXPECT_EQ(event.frames.size(), c.frames);
    EXPECT_EQ(event.line, 1U);
}

const Case cases[] = {
    // kernel/watchdog_hld.c 6.1, watchdog_overflow_callback()
    {"hard_lockup_nmi",
     "[  100.000000] NMI watchdog: Watchdog detected hard LOCKUP on cpu 3\n"
     "[  100.000000] Modules linked in: spin(O)\n"
     "[  100.000000] CPU: 3 PID: 412 Comm: spinner Tainted: G           O      6.1.0 #1\n"
     "[  100.000000] RIP: 0010:spin_forever+0x12/0x20 [spin]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  <TASK>\n"
     "[  100.000000]  kthread+0xe9/0x110\n"
     "[  100.000000]  ret_from_fork+0x22/0x30\n"
     "[  100.000000]  </TASK>\n",
     EventKind::hard_lockup, 3, "spin_forever", 3},
    // kernel/watchdog.c 6.5, watchdog_hardlockup_check(), found by another CPU (the buddy detector)
    {"hard_lockup_buddy",
     "[  100.000000] watchdog: Watchdog detected hard LOCKUP on cpu 2\n"
     "[  100.000000] Modules linked in:\n"
     "[  100.000000] Sending NMI from CPU 1 to CPUs 2:\n"
     "[  100.000000] NMI backtrace for cpu 2\n"
     "[  100.000000] CPU: 2 PID: 412 Comm: spinner Not tainted 6.5.0 #1\n"
     "[  100.000000] pc : spin_forever+0x12/0x20 [spin]\n"
     "[  100.000000] Call trace:\n"
     "[  100.000000]  spin_forever+0x12/0x20 [spin]\n"
     "[  100.000000]  kthread+0xe9/0x110\n",
     EventKind::hard_lockup, 2, "spin_forever", 2},
    // arch/powerpc/kernel/watchdog.c 6.1, soft_nmi_interrupt()
    {"hard_lockup_powerpc",
     "[  100.000000] watchdog: CPU 5 self-detected hard LOCKUP @ spin_forever+0x30/0x60 [spin]\n"
     "[  100.000000] watchdog: CPU 5 TB:523842342, last heartbeat TB:1842342 (10195ms ago)\n"
     "[  100.000000] Modules linked in: spin(O)\n"
     "[  100.000000] CPU: 5 PID: 412 Comm: spinner Tainted: G           O      6.1.0 #1\n"
     "[  100.000000] NIP:  c00800000a0f0030 LR: c00800000a0f0020 CTR: 0000000000000000\n"
     "[  100.000000] NIP [c00800000a0f0030] .spin_forever+0x30/0x60 [spin]\n"
     "[  100.000000] LR [c00800000a0f0020] .spin_forever+0x20/0x60 [spin]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000] [c0000000fffe3e20] [c000000000100000] .kthread+0x120/0x150\n",
     EventKind::hard_lockup, 5, "spin_forever", 2},
    // mm/oom_kill.c 6.1, dump_header(), oom_kill_process()
    {"oom",
     "[  100.000000] clock_hwa_app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: clock_hwa_app Not tainted 6.1.0 #1\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  dump_stack_lvl+0x45/0x5a\n"
     "[  100.000000]  dump_header+0x4a/0x211\n"
     "[  100.000000]  oom_kill_process.cold+0xb/0x10\n"
     "[  100.000000]  out_of_memory+0x1f0/0x500\n"
     "[  100.000000] Mem-Info:\n"
     "[  100.000000] active_anon:1 inactive_anon:2 isolated_anon:0\n"
     "[  100.000000] Tasks state (memory values in pages):\n"
     "[  100.000000] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
     "[  100.000000] [     77]     0    77   524288   262144  2097152        0             0 clock_hwa_app\n"
     "[  100.000000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=clock_hwa_app,pid=77,uid=0\n"
     "[  100.000000] Out of memory: Killed process 77 (clock_hwa_app) total-vm:2097152kB, anon-rss:1048576kB, "
     "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:2048kB oom_score_adj:0\n",
     EventKind::oom, 1, "dump_stack_lvl", 4},
    // kernel/rcu/tree_exp.h 6.1, synchronize_rcu_expedited_wait()
    {"rcu_expedited",
     "[  100.000000] rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 2-...D } 6003 jiffies s: 97 "
     "root: 0x4/.\n"
     "[  100.000000] rcu: blocking rcu_node structures (internal RCU debug):\n"
     "[  100.000000] Sending NMI from CPU 0 to CPUs 2:\n"
     "[  100.000000] NMI backtrace for cpu 2\n"
     "[  100.000000] CPU: 2 PID: 412 Comm: spinner Not tainted 6.1.0 #1\n"
     "[  100.000000] RIP: 0010:spin_forever+0x12/0x20 [spin]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  kthread+0xe9/0x110\n",
     EventKind::rcu_stall, std::nullopt, "spin_forever", 2},
    // kernel/rcu/tree.c 3.10, print_other_cpu_stall()
    {"rcu_3_10",
     "[  100.000000] INFO: rcu_sched detected stalls on CPUs/tasks: { 3} (detected by 1, t=21002 jiffies, g=72, "
     "c=71, "
     "q=12)\n"
     "[  100.000000] Task dump for CPU 3:\n"
     "[  100.000000] spinner         R  running task        0   412      2 0x00000008\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  [<ffffffff81061fe0>] ? spin_forever+0x12/0x20 [spin]\n"
     "[  100.000000]  [<ffffffff8106200f>] kthread+0xc0/0xd0\n",
     EventKind::rcu_stall, 1, "spin_forever", 2},
    // kernel/rcu/tasks.h 6.1, check_holdout_task()
    {"rcu_tasks",
     "[  700.000000] INFO: rcu_tasks detected stalls on tasks:\n"
     "[  700.000000] 00000000c34f2a11: .. nvcsw: 2/2 holdout: 1 idle_cpu: -1/3\n"
     "[  700.000000] task:spinner         state:R  running task     stack:0     pid:412   ppid:2      "
     "flags:0x00004008\n"
     "[  700.000000] Call Trace:\n"
     "[  700.000000]  spin_forever+0x12/0x20 [spin]\n",
     EventKind::rcu_stall, std::nullopt, "spin_forever", 1},
    // arch/powerpc/kernel/traps.c 5.4, machine_check_exception(); kernel/mce.c
    {"machine_check",
     "[  100.000000] Machine check in kernel mode.\n"
     "[  100.000000] Caused by (from SRR1=149030): Machine check signal\n"
     "[  100.000000] Oops: Machine check, sig: 7 [#1]\n"
     "[  100.000000] CPU: 0 PID: 77 Comm: hwa Tainted: G   M       O      5.4.72 #2\n"
     "[  100.000000] NIP [c00000000000e4f0] .read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] LR [c00000000000e4f4] .probe+0x14/0x40 [hwa]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000] [c0000000fffe3e20] [c000000000100000] .kthread+0x120/0x150\n",
     EventKind::other, 0, "read_reg", 2},
    // arch/arm/mm/fault.c, arch/arm/kernel/traps.c 5.10: "from" frames with addresses
    {"oops_arm",
     "[  100.000000] Unable to handle kernel NULL pointer dereference at virtual address 00000004\n"
     "[  100.000000] pgd = c0004000\n"
     "[  100.000000] Internal error: Oops: 17 [#1] PREEMPT SMP ARM\n"
     "[  100.000000] Modules linked in: hwa(O)\n"
     "[  100.000000] CPU: 0 PID: 77 Comm: hwa Tainted: G           O      5.10.0 #2\n"
     "[  100.000000] PC is at read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] LR is at probe+0x14/0x40 [hwa]\n"
     "[  100.000000] [<bf000010>] (read_reg [hwa]) from [<bf000054>] (probe+0x14/0x40 [hwa])\n"
     "[  100.000000] [<bf000054>] (probe [hwa]) from [<c0101234>] (kthread+0x120/0x150)\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::oops, 0, "read_reg", 4},
    // the same since 5.18, without addresses
    {"oops_arm_new",
     "[  100.000000] Unable to handle kernel NULL pointer dereference at virtual address 00000004 when read\n"
     "[  100.000000] Internal error: Oops: 17 [#1] PREEMPT SMP ARM\n"
     "[  100.000000] CPU: 0 PID: 77 Comm: hwa Tainted: G           O       6.1.0 #2\n"
     "[  100.000000] PC is at read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000]  read_reg [hwa] from probe+0x14/0x40 [hwa]\n"
     "[  100.000000]  probe [hwa] from kthread+0x120/0x150\n"
     "[  100.000000]  kthread from ret_from_fork+0x14/0x2c\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::oops, 0, "read_reg", 5},
    // arch/mips/mm/fault.c, arch/mips/kernel/traps.c 6.1
    {"oops_mips",
     "[  100.000000] CPU 1 Unable to handle kernel paging request at virtual address 00000004, epc == c0000010, ra "
     "== "
     "c0000054\n"
     "[  100.000000] Oops[#1]:\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Tainted: G           O       6.1.0 #2\n"
     "[  100.000000] $ 0   : 00000000 00000001 00000004 00000000\n"
     "[  100.000000] epc   : c0000010 read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] ra    : c0000054 probe+0x14/0x40 [hwa]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000] [<c0000010>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] [<80101234>] kthread+0x120/0x150\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::oops, 1, "read_reg", 2},
    // arch/loongarch/mm/fault.c, arch/loongarch/kernel/traps.c 6.1
    {"oops_loongarch",
     "[  100.000000] CPU 1 Unable to handle kernel paging request at virtual address 0000000000000004, era == "
     "ffff800000010010, ra == ffff800000010054\n"
     "[  100.000000] Oops[#1]:\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Tainted: G           O       6.1.0 #2\n"
     "[  100.000000] $ 0   : 0000000000000000 ffff800000010054 9000000100000000 9000000100003d50\n"
     "[  100.000000] era   : ffff800000010010 read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] ra    : ffff800000010054 probe+0x14/0x40 [hwa]\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000] [<ffff800000010010>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] [<900000000024abcd>] kthread+0x120/0x150\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::oops, 1, "read_reg", 2},
    // arch/riscv/mm/fault.c, arch/riscv/kernel/traps.c 6.1
    {"oops_riscv",
     "[  100.000000] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000004\n"
     "[  100.000000] Oops [#1]\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Tainted: G           O       6.1.0 #2\n"
     "[  100.000000] epc : read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000]  ra : probe+0x14/0x40 [hwa]\n"
     "[  100.000000] [<ffffffff01620010>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] [<ffffffff80002abc>] kthread+0x120/0x150\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::oops, 1, "read_reg", 2},
    // arch/s390/mm/fault.c, arch/s390/kernel/dumpstack.c 6.1
    {"oops_s390",
     "[  100.000000] Unable to handle kernel pointer dereference in virtual kernel address space\n"
     "[  100.000000] Failing address: 0000000000000000 TEID: 0000000000000483\n"
     "[  100.000000] Oops: 0004 ilc:2 [#1] SMP\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Tainted: G           O       6.1.0 #2\n"
     "[  100.000000] Krnl PSW : 0704c00180000000 000003ff80123450 (read_reg+0x10/0x40 [hwa])\n"
     "[  100.000000] Krnl GPRS: 0000000000000000 0000000000000001 0000000000000004 0000000000000000\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  [<000003ff80123450>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] ([<000003ff80123490>] probe+0x14/0x40 [hwa])\n"
     "[  100.000000]  [<0000000000171234>] kthread+0x120/0x150\n"
     "[  100.000000] Last Breaking-Event-Address:\n"
     "[  100.000000]  [<000003ff80123440>] read_reg+0x0/0x40 [hwa]\n",
     EventKind::oops, 1, "read_reg", 3},
    // WARN(): 2.6/3.x, up to 4.x, and since 4.11 (kernel/panic.c, lib/bug.c)
    {"warning_2_6",
     "[  100.000000] WARNING: at drivers/hwa/hwa.c:12 read_reg+0x10/0x40 [hwa]()\n"
     "[  100.000000] Modules linked in: hwa(O)\n"
     "[  100.000000] Pid: 77, comm: hwa Not tainted 2.6.32 #1\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  [<ffffffff81061fe0>] warn_slowpath_common+0x12/0x20\n"
     "[  100.000000]  [<ffffffffa0000010>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::warning, std::nullopt, "warn_slowpath_common", 2},
    {"warning_3_10",
     "[  100.000000] WARNING: CPU: 1 PID: 77 at drivers/hwa/hwa.c:12 read_reg+0x10/0x40 [hwa]()\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Not tainted 3.12.0 #1\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  [<ffffffffa0000010>] read_reg+0x10/0x40 [hwa]\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::warning, 1, "read_reg", 1},
    {"workqueue_lockup",
     "[  100.000000] BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 32s!\n"
     "[  100.000000] Showing busy workqueues and worker pools:\n"
     "[  100.000000] workqueue events: flags=0x0\n"
     "[  100.000000]   pwq 2: cpus=1 node=0 flags=0x0 nice=0 active=1/256 refcnt=2\n"
     "[  100.000000]     in-flight: 412:spin_work [spin]\n",
     EventKind::workqueue_lockup, 1, "", 0},
    {"refcount",
     "[  100.000000] ------------[ cut here ]------------\n"
     "[  100.000000] refcount_t: underflow; use-after-free.\n"
     "[  100.000000] WARNING: CPU: 1 PID: 77 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110\n"
     "[  100.000000] CPU: 1 PID: 77 Comm: hwa Not tainted 6.1.0 #1\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  put_hwa+0x10/0x40 [hwa]\n"
     "[  100.000000] ---[ end trace 0000000000000001 ]---\n",
     EventKind::refcount, 1, "put_hwa", 1},
    {"memory_leak",
     "[  100.000000] BUG: memory leak\n"
     "[  100.000000] unreferenced object 0xffff888100000000 (size 32):\n"
     "[  100.000000]   comm \"hwa\", pid 77, jiffies 4294937297 (age 12.340s)\n"
     "[  100.000000]   backtrace:\n"
     "[  100.000000]     [<00000000c3a1b2d4>] kmalloc_trace+0x27/0xf0\n"
     "[  100.000000]     [<00000000c3a1b2d5>] probe+0x14/0x40 [hwa]\n",
     EventKind::memory_leak, std::nullopt, "kmalloc_trace", 2},
    // kernel/watchdog.c 3.16, watchdog_overflow_callback(): WARN(1, "Watchdog detected hard LOCKUP on cpu %d")
    {"hard_lockup_as_a_warning",
     "[  100.000000] WARNING: CPU: 3 PID: 0 at kernel/watchdog.c:265 watchdog_overflow_callback+0x98/0xc0()\n"
     "[  100.000000] Watchdog detected hard LOCKUP on cpu 3\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  <NMI>  [<ffffffff8150b4c5>] dump_stack+0x41/0x51\n"
     "[  100.000000]  [<ffffffff81067767>] warn_slowpath_common+0x77/0x90\n",
     EventKind::hard_lockup, 3, "dump_stack", 2},
    // mm/slub.c 3.2, slab_bug()
    {"slab_before_taint_was_printed",
     "[  100.000000] BUG kmalloc-64: Poison overwritten\n"
     "[  100.000000] INFO: 0xcefb571c-0xcefb571f. First byte 0x0 instead of 0x6b\n"
     "[  100.000000] INFO: Allocated in hwa_new+0x20/0x24 age=19 cpu=0 pid=11\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  check_bytes_and_report+0x1/0x2\n"
     "[  100.000000]  hwa_free+0x1/0x2\n",
     EventKind::bug, std::nullopt, "check_bytes_and_report", 2},
    // mm/kasan/report.c 4.0
    {"kasan_in_its_first_spelling",
     "[  100.000000] BUG: KASan: out of bounds access in hwa_read+0x150/0x180 at addr ffff88006901fc98\n"
     "[  100.000000] Read of size 8 by task hwa/1290\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  [<ffffffff814290f1>] kasan_report_error+0x391/0x3c0\n"
     "[  100.000000]  [<ffffffff814aabbb>] hwa_read+0x150/0x180\n",
     EventKind::kasan, std::nullopt, "kasan_report_error", 2},
    // kernel/sched/core.c, __cant_sleep() and its kin
    {"scheduling_in_a_non_blocking_section",
     "[  100.000000] BUG: scheduling in a non-blocking section: hwa/77/1\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000]  __schedule_bug+0x1/0x2\n",
     EventKind::atomic_sleep, std::nullopt, "__schedule_bug", 1},
    // a log that went through scripts/decode_stacktrace.sh
    {"decoded_by_the_kernels_script",
     "[  100.000000] BUG: KASAN: slab-out-of-bounds in hwa_copy (drivers/hwa.c:438 drivers/hwa.c:495)\n"
     "[  100.000000] Call Trace:\n"
     "[  100.000000] dump_stack_lvl (lib/dump_stack.c:107 (discriminator 4))\n"
     "[  100.000000] ? stale (kernel/stale.c:1)\n"
     "[  100.000000] hwa_copy (drivers/hwa.c:438 drivers/hwa.c:495) hwa\n"
     "[  100.000000] hwa_open (drivers/hwa.c:12 (discriminator 2)) hwa\n",
     EventKind::kasan, std::nullopt, "dump_stack_lvl", 4},
    // arch/arm/kernel/process.c, __show_regs(): no backtrace was printed, the link register tells who called
    {"the_link_register_where_no_stack_is",
     "[  100.000000] Unable to handle kernel paging request at virtual address e1a0c00d\n"
     "[  100.000000] Internal error: Oops: 5 [#1] ARM\n"
     "[  100.000000] CPU: 0 PID: 1201 Comm: sh Not tainted 4.10.17 #1\n"
     "[  100.000000] PC is at strlen+0xc/0x38\n"
     "[  100.000000] LR is at hwa_name_hash+0x20/0x78\n",
     EventKind::oops, 0, "strlen", 2},
    // arch/powerpc/xmon/xmon.c, excprint()
    {"printed_by_xmon",
     "[  100.000000] Unable to handle kernel paging request for data at address 0x00000000\n"
     "cpu 0x0: Vector: 300 (Data Access) at [c00000000111f7d0]\n"
     "    pc: c000000000022148: hwa_stop+0x0/0x24\n"
     "    lr: c00000000004e1d4: hwa_idle+0x4c/0x70\n",
     EventKind::oops, std::nullopt, "hwa_stop", 2},
};

INSTANTIATE_TEST_SUITE_P(Kernel, ReportForm, testing::ValuesIn(cases),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(ReportFields, OomKillersTable) {
    const LogScan scan = scan_log(cases[3].log);
    ASSERT_EQ(scan.events.size(), 1U);
    const Fields& f = scan.events[0].fields;
    ASSERT_EQ(f["tasks"].size(), 1U);
    EXPECT_EQ(f["tasks"][0]["pid"], 77);
    EXPECT_EQ(f["tasks"][0]["name"], "clock_hwa_app");
    EXPECT_EQ(f["tasks"][0]["rss"], 262144);
}

TEST(ReportFields, StallFormsOfAllAges) {
    const LogScan old = scan_log(cases[5].log);
    ASSERT_EQ(old.events.size(), 1U);
    EXPECT_EQ(old.events[0].fields["jiffies"], 21002);
    EXPECT_EQ(old.events[0].fields["detected_by"], 1);
    EXPECT_EQ(old.events[0].fields["cpus"][0]["cpu"], 3);
    const LogScan expedited = scan_log(cases[4].log);
    ASSERT_EQ(expedited.events.size(), 1U);
    EXPECT_EQ(expedited.events[0].fields["expedited"], true);
    EXPECT_EQ(expedited.events[0].fields["jiffies"], 6003);
    EXPECT_EQ(expedited.events[0].fields["cpus"][0]["cpu"], 2);
    const LogScan ended = scan_log(
        "[  100.000000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
        "[  100.000000] rcu: All QSes seen, last rcu_preempt kthread activity 5252 (4294678940-4294673688), "
        "jiffies_till_next_fqs=3, root ->qsmask 0x0\n"
        "[  100.000000] rcu: INFO: Stall ended before state dump start\n");
    ASSERT_EQ(ended.events.size(), 1U);
    EXPECT_EQ(ended.events[0].fields["all_quiescent"], true);
}

TEST(ReportFields, LockdepsCycle) {
    const LogScan scan = scan_log(
        "[  100.000000] WARNING: possible circular locking dependency detected\n"
        "[  100.000000] 6.1.0 #1 Not tainted\n"
        "[  100.000000] hwa/77 is trying to acquire lock:\n"
        "[  100.000000] ffff888100000010 (&a->lock){+.+.}-{3:3}, at: take_a+0x1/0x2 [hwa]\n"
        "[  100.000000] but task is already holding lock:\n"
        "[  100.000000] ffff888100000020 (&b->lock){+.+.}-{3:3}, at: take_b+0x1/0x2 [hwa]\n"
        "[  100.000000] which lock already depends on the new lock.\n"
        "[  100.000000] the existing dependency chain (in reverse order) is:\n"
        "[  100.000000] -> #1 (&b->lock){+.+.}-{3:3}:\n"
        "[  100.000000]        take_b+0x1/0x2 [hwa]\n"
        "[  100.000000] -> #0 (&a->lock){+.+.}-{3:3}:\n"
        "[  100.000000]        take_a+0x1/0x2 [hwa]\n"
        "[  100.000000] Chain exists of:\n"
        "[  100.000000]   &a->lock --> &c->lock --> &b->lock\n"
        "[  100.000000]  *** DEADLOCK ***\n");
    ASSERT_EQ(scan.events.size(), 1U);
    const Fields& f = scan.events[0].fields;
    EXPECT_EQ(f["family"], "circular");
    EXPECT_EQ(f["wanted"]["class"], "&a->lock");
    EXPECT_EQ(f["held"]["function"], "take_b");
    ASSERT_EQ(f["cycle"].size(), 2U);
    EXPECT_EQ(f["cycle"][0]["class"], "&b->lock");
    EXPECT_EQ(f["order"], Fields({"&a->lock", "&c->lock", "&b->lock"}));
}

}  // namespace
}  // namespace stallsight
