#include "analysis/diagnosis/consequences.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/chain/preempt_count.h"

namespace stallsight {

namespace {

bool same_log(const EventInfo& a, const EventInfo& b) {
    return a.artifact == b.artifact && a.report.boot == b.report.boot;
}

bool same_task(const EventInfo& a, const EventInfo& b) {
    return a.report.task.pid && a.report.task.pid == b.report.task.pid && a.report.task.comm == b.report.task.comm;
}

bool scheduled_while_atomic(const EventInfo& event) {
    return event.report.kind == EventKind::atomic_sleep &&
           event.report.fields.value("subtype", "") == "scheduling_while_atomic";
}

bool negative_count(const Event& report) {
    return report.preempt_count && decode_preempt_count(*report.preempt_count).negative;
}

// schedule() adds 1 before it prints the count: 0 is one below what it began with (kernel/sched/core.c).
bool below_zero(const Event& report) {
    return report.preempt_count && (*report.preempt_count == 0 || negative_count(report));
}

bool of_preemptible_code(const Event& report) {
    return report.headline.find("using smp_processor_id() in preemptible") != std::string::npos;
}

// Functions that warn when preempt_count is not what their caller must have made it (Linux 5.10 to 7.2).
struct CountCheck {
    std::string_view function;
    std::string_view why;
};
constexpr std::array count_checks = {
    CountCheck{"preempt_count_sub", "the unlocks on the way back underflow the count"},  // kernel/sched/core.c
    CountCheck{"preempt_count_add", "the count overflows"},                              // kernel/sched/core.c
    CountCheck{"__local_bh_enable_ip", "the wrong count looks like a hard interrupt"},   // kernel/softirq.c
    CountCheck{"_local_bh_enable", "the wrong count looks like a hard interrupt"},       // kernel/softirq.c
    CountCheck{"_copy_from_user", "the wrong count looks like an interrupt"},            // lib/usercopy.c
    CountCheck{"_copy_to_user", "the wrong count looks like an interrupt"},              // lib/usercopy.c
    CountCheck{"irq_fpu_usable", "the wrong count looks like an NMI"},       // arch/x86/kernel/fpu/core.c
    CountCheck{"call_timer_fn", "the timer comes back with another count"},  // kernel/time/timer.c
};

// Whoever is blamed for it.
bool warns_in(const Event& report, std::string_view function) {
    return report.kind == EventKind::warning && report.fields.value("function", std::string()) == function;
}

// Null: it is none of these.
const CountCheck* checks_count(const Event& report) {
    const auto found = std::find_if(count_checks.begin(), count_checks.end(),
                                    [&](const CountCheck& check) { return warns_in(report, check.function); });
    return found == count_checks.end() ? nullptr : &*found;
}

// kernel/sched/core.c: __schedule_bug() is followed by preempt_count_set(PREEMPT_DISABLED), so that whatever the
// task still holds is no longer counted, and every unlock on the way back finds the count too low.
std::string damage_of_schedule_bug(const EventInfo& cause, const EventInfo& later) {
    if (!same_task(cause, later) || !scheduled_while_atomic(cause) || negative_count(cause.report)) return {};
    const Event& report = later.report;
    const std::string reset = "the scheduler's report reset the count: ";
    if (const CountCheck* check = checks_count(report)) return reset + std::string(check->why);
    if (scheduled_while_atomic(later) && below_zero(report))
        return reset + "it is below zero, no lock is held here";
    const auto& disabled_at = report.preempt_disabled_at;
    if (scheduled_while_atomic(later) && disabled_at && disabled_at->function.empty())
        return reset + "it holds less than these frames took";
    if (report.kind == EventKind::panic && report.headline.find("killing interrupt handler") != std::string::npos)
        return reset + "the task that exits looks like an interrupt";  // kernel/exit.c: do_exit()
    if (of_preemptible_code(report)) return reset + "a section that holds a lock looks preemptible";
    return {};
}

// kernel/sched/core.c, schedule_idle(): WARN_ON_ONCE(current->__state). Only who slept in an interrupt on top of it
// has changed the idle task's state.
std::string idle_that_slept(const EventInfo& cause, const EventInfo& later) {
    const bool idle = cause.report.task.pid == 0 && same_task(cause, later);
    if (!idle || !scheduled_while_atomic(cause) || !warns_in(later.report, "schedule_idle")) return {};
    return "the idle task slept: it is no longer marked as running";
}

bool is_fatal(const EventInfo& event) {
    switch (event.report.kind) {
        case EventKind::panic:
        case EventKind::other:
            return false;
        default:
            return true;
    }
}

// kernel/panic.c and its callers: the panic that follows says itself what it follows from.
std::string panic_follows(const EventInfo& cause, const EventInfo& later) {
    if (later.report.kind != EventKind::panic || !is_fatal(cause)) return {};
    const std::string& text = later.report.headline;
    auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
    const EventKind kind = cause.report.kind;
    if (says("panic_on_warn") && kind != EventKind::hung_task)
        return "panic_on_warn: the kernel stops at a warning";
    if (says("hung_task") && kind == EventKind::hung_task)
        return "hung_task_panic: the kernel stops at a hung task";
    if (says("softlockup") && kind == EventKind::soft_lockup)
        return "softlockup_panic: the kernel stops at a lockup";
    if (says("RCU Stall") && kind == EventKind::rcu_stall) return "panic_on_rcu_stall";
    const bool oops = kind == EventKind::oops || kind == EventKind::bug || kind == EventKind::kasan;
    if (oops && (says("Fatal exception") || says("Attempted to kill") || says("panic_on_oops")))
        return "an oops that the kernel could not survive";
    return {};
}

// kernel/exit.c: a task that dies of an oops with locks held or interrupts off sleeps on its way out.
std::string dying_task(const EventInfo& cause, const EventInfo& later) {
    const bool oops = cause.report.kind == EventKind::oops || cause.report.kind == EventKind::bug;
    if (!oops || later.report.kind != EventKind::atomic_sleep || !same_task(cause, later)) return {};
    const auto& frames = later.report.frames;
    const bool exiting = std::any_of(frames.begin(), frames.end(), [](const Frame& f) {
        return f.function == "do_exit" || f.function == "make_task_dead" || f.function == "rewind_stack_do_exit" ||
               f.function == "rewind_stack_and_make_dead";
    });
    return exiting ? "the task that the oops killed sleeps while it exits" : std::string();
}

// Whether a report is of the sort that a rule here is about: most are not, and need no look at those before.
bool may_follow(const Event& report) {
    if (report.kind == EventKind::panic || report.kind == EventKind::atomic_sleep) return true;
    return checks_count(report) != nullptr || of_preemptible_code(report) || warns_in(report, "schedule_idle");
}

std::string reason(const EventInfo& cause, const EventInfo& later) {
    if (!same_log(cause, later)) return {};
    if (auto text = damage_of_schedule_bug(cause, later); !text.empty()) return text;
    if (auto text = idle_that_slept(cause, later); !text.empty()) return text;
    if (auto text = panic_follows(cause, later); !text.empty()) return text;
    return dying_task(cause, later);
}

}  // namespace

void link_consequences(std::vector<EventInfo>& events) {
    // The nearest earlier cause is the one: look back, but not through a whole log for each event.
    constexpr std::size_t look_back = 256;
    for (std::size_t i = 1; i < events.size(); ++i) {
        if (!may_follow(events[i].report)) continue;
        const std::size_t stop = i > look_back ? i - look_back : 0;
        for (std::size_t j = i; j-- > stop;) {
            if (!events[j].caused_by.empty()) continue;
            std::string why = reason(events[j], events[i]);
            if (why.empty()) continue;
            events[i].caused_by = events[j].id;
            events[i].follows_because = std::move(why);
            events[j].cause_of.push_back(events[i].id);
            break;
        }
    }
}

}  // namespace stallsight
