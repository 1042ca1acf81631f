// The lines of an RCU stall report that say which CPUs and tasks hold it up, in the forms of 3.x to 6.x.
#pragma once

#include <string>
#include <string_view>

#include "parsers/reports/event.h"

namespace stallsight {

// "3-...!: (1 GPs behind) idle=d7e/1/0x4000000000000000 softirq=52215/52216 fqs=33" into fields["cpus"].
bool read_stalled_cpu(std::string_view text, Event& event);
// "Tasks blocked on level-0 rcu_node (CPUs 0-3): P123 P45/2:b..l" into fields["tasks"].
bool read_stalled_tasks(std::string_view text, Event& event);
// What stands between the braces of an expedited report, or of 3.x: "{ 2-... P123 } 10886 jiffies s: 25 root:
// 0x4/."
void read_expedited_list(std::string_view text, Event& event);
// "(detected by 2, t=15268234 jiffies, g=60521, q=99 ncpus=4)", "(t=1001 jiffies g=-523 q=3)"
bool read_stall_totals(std::string_view text, Event& event);
// Plain words for RCU_GP_WAIT_FQS and its kin (kernel/rcu/tree.h).
std::string grace_period_state_words(std::string_view name);

}  // namespace stallsight
