#include "analysis/chain/ending.h"

#include <nlohmann/json.hpp>

namespace stallsight {

namespace {

using Ending = Chain::Ending;

bool is_idle(const Task& task) {
    return task.pid == 0;
}

}  // namespace

std::optional<Chain::Ending> ending_of(const EventInfo& event) {
    const Event& report = event.report;
    switch (report.kind) {
        case EventKind::atomic_sleep:  // kernel/sched/core.c: __schedule_bug(), __might_resched()
            return report.fields.value("subtype", "") == "sleeping_function" ? Ending::may_sleep : Ending::slept;
        case EventKind::rcu_stall:  // a CPU that idles has lost its timer: it does not spin
        case EventKind::soft_lockup:
        case EventKind::hard_lockup:
            return is_idle(report.task) ? std::nullopt : std::optional(Ending::spins);
        case EventKind::bug:  // lib/smp_processor_id.c: check_preemption_disabled()
            if (report.headline.find(" in preemptible [") != std::string::npos) return Ending::preemptible;
            return std::nullopt;
        case EventKind::lockdep:  // kernel/locking/lockdep.c: check_wait_context()
            if (report.fields.value("family", "") == "wait_context") return Ending::wrong_lock;
            return std::nullopt;
        case EventKind::warning:  // kernel/sched/core.c: preempt_count_sub()
            if (report.fields.value("function", "") == "preempt_count_sub") return Ending::underflow;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace stallsight
