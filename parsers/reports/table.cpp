// Every kind of kernel report that is read. The first row that accepts a header owns it, so that the particular
// stands before the general ("WARNING: possible circular locking" before "WARNING: CPU:").
#include "parsers/reports/kinds.h"

namespace stallsight {

const std::vector<ReportKind>& report_kinds() {
    static const std::vector<ReportKind> kinds = {
        rcu_stall_kind(),    soft_lockup_kind(), hard_lockup_kind(), hung_task_kind(),     workqueue_lockup_kind(),
        atomic_sleep_kind(), kasan_kind(),       kmsan_kind(),       kcsan_kind(),         kfence_kind(),
        ubsan_kind(),        memory_leak_kind(), lockdep_kind(),     warning_kind(),       bug_kind(),
        oops_kind(),         oom_kind(),         panic_kind(),       machine_check_kind(), bad_state_kind(),
        other_kind(),        notice_kind(),
    };
    return kinds;
}

}  // namespace stallsight
