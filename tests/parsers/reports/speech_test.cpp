// Text that speaks of kernel reports: source, change logs, other programs, prose. None of it is a report; the
// kernel's own line with the same words is one.
#include <gtest/gtest.h>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

struct Case {
    const char* name;
    const char* log;
    std::size_t reports;
};

class Speech : public testing::TestWithParam<Case> {};

TEST_P(Speech, IsTakenForWhatItIs) {
    const LogScan scan = scan_log(GetParam().log);
    EXPECT_EQ(scan.events.size(), GetParam().reports);
    if (!scan.events.empty()) {
        EXPECT_EQ(scan.events[0].line, 1U) << scan.events[0].headline;
    }
}

const Case cases[] = {
    {"grep_over_the_source",
     "kernel/hung_task.c:128:\t\tpr_err(\"INFO: task %s:%d blocked for more than %ld seconds.\\n\",\n"
     "kernel/watchdog.c:424:\t\tpr_emerg(\"BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]\\n\",\n"
     "mm/oom_kill.c:455:\tpr_warn(\"%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%hd\\n\",\n"
     "kernel/panic.c:300:\tpr_emerg(\"Kernel panic - not syncing: %s\\n\", buf);\n"
     "lib/bug.c:200:\tpr_crit(\"kernel BUG at %s:%u!\\n\", file, line);\n",
     0},
    {"comments",
     "\t/* BUG: the timer is not stopped here */\n\t * WARNING: CPU: 1 PID: 2 at fs/inode.c:1 is wrong\n", 0},
    {"change_log",
     "  * kernel BUG at fs/ext4/inode.c:1234 when unmounting\n  * Focal: BUG: soft lockup under load\n"
     "  * INFO: task hung in do_truncate\n",
     0},
    {"regular_expressions", "grep -v 'INFO: possible circular locking dependency detected', 'BUG: bad'\n", 0},
    {"programs", "BUG: this should never happen, please report\nOops: something went wrong\n", 0},
    {"a_service_that_speaks_of_it",
     "May 10 10:00:03 host detector[1200]: Found \"kernel: INFO: task java:12 blocked for more than 120 "
     "seconds.\"\n"
     "May 10 10:00:04 host detector[1200]: BUG: soft lockup - CPU#1 stuck for 22s! [java:12]\n",
     0},
    {"prose",
     "rcu: INFO: rcu_sched self-detected stall on CPU is a warning of the kernel.\n"
     "The text \"Kernel panic - not syncing: Fatal machine check\" says it.\n",
     0},
    // kernel/hung_task.c, kernel/watchdog.c, lib/bug.c, kernel/panic.c
    {"the_kernels_own_hung_task", "INFO: task java:12 blocked for more than 120 seconds.\n", 1},
    {"behind_syslogs_tag",
     "May 10 10:00:04 host kernel: watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [java:12]\n", 1},
    {"behind_a_prompt", "nt-a login: Kernel panic - not syncing: Fatal exception\n", 1},
    {"behind_half_a_line", "[   11.662352] usb 1-1: newKernel panic - not syncing: Fatal exception\n", 1},
    {"behind_a_level_in_the_line", "usb 1-1: new <0>Kernel panic - not syncing: Fatal exception\n", 1},
    {"quoted_as_mail_is", "> kernel BUG at lib/list_debug.c:47!\n", 1},
    {"behind_a_torn_stamp", "   11.662352] Oops - load access fault [#1]\n", 1},  // arch/riscv/kernel/traps.c
    {"other_words_in_a_kernels_record", "[   11.662352] BUG: the ring of hwa0 is full\n", 1},
};

INSTANTIATE_TEST_SUITE_P(Text, Speech, testing::ValuesIn(cases),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace stallsight
