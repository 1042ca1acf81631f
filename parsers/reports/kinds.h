// The kinds of report, one file each; table.cpp puts them in order.
#pragma once

#include "parsers/reports/kind.h"

namespace stallsight {

ReportKind rcu_stall_kind();
ReportKind soft_lockup_kind();
ReportKind hard_lockup_kind();
ReportKind hung_task_kind();
ReportKind workqueue_lockup_kind();
ReportKind atomic_sleep_kind();
ReportKind lockdep_kind();
ReportKind warning_kind();
ReportKind bug_kind();
ReportKind bad_state_kind();
ReportKind oops_kind();
ReportKind kasan_kind();
ReportKind kmsan_kind();
ReportKind kcsan_kind();
ReportKind kfence_kind();
ReportKind ubsan_kind();
ReportKind memory_leak_kind();
ReportKind oom_kind();
ReportKind panic_kind();
ReportKind machine_check_kind();
ReportKind other_kind();
ReportKind notice_kind();

}  // namespace stallsight
