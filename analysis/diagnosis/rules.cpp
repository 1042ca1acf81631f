#include "analysis/diagnosis/rules.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/words.h"

namespace stallsight {

namespace {

using Ending = Chain::Ending;

bool sleeps(const Situation& s) {
    return s.chain != nullptr && (s.chain->ending == Ending::slept || s.chain->ending == Ending::may_sleep);
}

bool sleeps_in(const Situation& s, std::initializer_list<std::string_view> prefixes) {
    if (!sleeps(s)) return false;
    const std::string& function = s.chain->links[s.chain->end_link].function;
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view p) { return function.starts_with(p); });
}

bool ends(const Situation& s, Ending ending) {
    return s.chain != nullptr && s.chain->ending == ending;
}

std::string call(const Situation& s) {
    const Link& guilty = s.chain->links[s.chain->guilty_link];
    std::string out =
        qualified_name(guilty.function, guilty.module) + " called " + s.chain->links[s.chain->end_link].function;
    return guilty.file.empty() ? out : out + " at " + guilty.file + ":" + std::to_string(guilty.line);
}

std::string guilty_function(const Situation& s) {
    return qualified_name(s.event.guilty.function, s.event.guilty.module);
}

bool mutex(const Situation& s) {
    return sleeps_in(s, {"mutex_", "__mutex_", "ww_mutex_"});
}
bool semaphore(const Situation& s) {
    return sleeps_in(s, {"down", "__down", "rwsem_"});
}
bool completion(const Situation& s) {
    return sleeps_in(s, {"wait_for_", "__wait_for_"});
}
bool allocation(const Situation& s) {
    return sleeps_in(s, {"kmalloc", "__kmalloc", "kmem_cache_alloc", "__kmem_cache_alloc"});
}
bool vmalloc_call(const Situation& s) {
    return sleeps_in(s, {"vmalloc", "__vmalloc"});
}
bool msleep_call(const Situation& s) {
    return sleeps_in(s, {"msleep", "usleep_range", "schedule_timeout"});
}
bool grace_period(const Situation& s) {
    return sleeps_in(s, {"synchronize_rcu", "__wait_rcu_gp", "rcu_barrier"});
}
bool realtime_lock(const Situation& s) {
    return sleeps_in(s, {"rt_spin_lock", "rt_read_lock", "rt_write_lock"});
}

bool preemptible(const Situation& s) {
    return ends(s, Ending::preemptible);
}
bool wrong_lock(const Situation& s) {
    return ends(s, Ending::wrong_lock);
}
bool underflow(const Situation& s) {
    return ends(s, Ending::underflow);
}

// kernel/workqueue.c: "BUG: workqueue leaked lock or atomic"; kernel/softirq.c: "huh, entered softirq ... with
// preempt_count X, exited with Y?"; kernel/time/timer.c: "timer: f preempt leak".
bool leaked_count(const Situation& s) {
    static constexpr std::array heads = {"leaked lock or atomic", "huh, entered softirq", "preempt leak",
                                         "initcall returned with preemption imbalance"};
    return std::any_of(heads.begin(), heads.end(),
                       [&](const char* head) { return s.event.report.headline.find(head) != std::string::npos; });
}

std::string headline(const Situation& s) {
    return "the kernel printed \"" + s.event.report.headline + "\"";
}

bool rcu(const Situation& s) {
    return s.stall != nullptr && s.stall->flavor.starts_with("rcu");
}

std::string_view idle = "swapper/";

// kernel/rcu/tree_stall.h: rcu_check_gp_kthread_expired_fqs_timer().
bool lost_timer(const Situation& s) {
    if (!rcu(s)) return false;
    const auto& doing = s.stall->doing;
    const bool all_idle = !doing.empty() && std::all_of(doing.begin(), doing.end(), [](const auto& cpu_and_task) {
        return std::string_view(cpu_and_task.second).starts_with(idle);
    });
    return s.event.report.fields.contains("timer_wakeup") || all_idle;
}
std::string lost_timer_evidence(const Situation& s) {
    if (const auto it = s.event.report.fields.find("timer_wakeup"); it != s.event.report.fields.end())
        return "the kthread's timer did not wake it: " + it->value("words", std::string());
    return "the stalled " + cpus_words(s.stall->cpus) + " idled: nothing ran there that could hold it up";
}

bool spins_with_irqs_off(const Situation& s) {
    return s.stall != nullptr && ends(s, Ending::spins) && s.chain->state == "with interrupts off";
}
bool starves_kthread(const Situation& s) {
    return rcu(s) && s.stall->starved_cpu &&
           std::find(s.stall->cpus.begin(), s.stall->cpus.end(), *s.stall->starved_cpu) != s.stall->cpus.end();
}
bool starved_elsewhere(const Situation& s) {
    return rcu(s) && s.stall->starved_jiffies && !starves_kthread(s);
}
bool spins(const Situation& s) {
    return s.stall != nullptr && ends(s, Ending::spins);
}
bool plain_rcu(const Situation& s) {
    return rcu(s);
}
std::string spinning(const Situation& s) {
    return s.chain->sentence;
}
std::string starved(const Situation& s) {
    return s.stall->starved_kthread + " did not run for " + grouped(*s.stall->starved_jiffies) +
           " jiffies on CPU " + (s.stall->starved_cpu ? std::to_string(*s.stall->starved_cpu) : "?");
}
std::string stalled(const Situation& s) {
    std::vector<std::string> ran;
    for (const auto& [cpu, task] : s.stall->doing)
        if (cpu >= 0) ran.push_back("CPU " + std::to_string(cpu) + " ran " + task);
    return ran.empty() ? "the report does not say what the CPUs ran" : joined(ran);
}

bool hung(const Situation& s) {
    return s.stall != nullptr && s.stall->flavor == "hung_task";
}
bool hung_with_holder(const Situation& s) {
    return hung(s) && s.event.report.fields.contains("holder");
}
std::string blocked(const Situation& s) {
    return task_words(s.event.report.task) + " waits in " + guilty_function(s);
}
std::string holder(const Situation& s) {
    return "the report names the holder: " + s.event.report.fields["holder"].dump();
}
bool lockup(const Situation& s) {
    return s.stall != nullptr && s.stall->flavor.ends_with("lockup");
}
bool workqueue(const Situation& s) {
    return s.stall != nullptr && s.stall->flavor == "workqueue";
}

// The first that applies is given, so the narrower ones stand first.
constexpr std::array rules = {
    AdviceRule{
        "mutex_in_atomic", mutex, "took the mutex", call,
        "use a spinlock (spin_lock_bh() where process context takes it too), or hand the work over to a "
        "workqueue. A mutex may sleep whenever someone else holds it; GFP_KERNEL and msleep() may not be used "
        "under the spinlock either.",
        "Documentation/locking/locktypes.rst, Documentation/kernel-hacking/locking.rst"},
    AdviceRule{"semaphore_in_atomic", semaphore, "took the semaphore", call,
               "use a spinlock, or a trylock with a way to come back later, or hand the work over to a workqueue.",
               "Documentation/locking/locktypes.rst"},
    AdviceRule{"completion_in_atomic", completion, "waited for a completion", call,
               "hand the waiting part over to a workqueue: nothing may wait here.",
               "Documentation/scheduler/completion.rst"},
    AdviceRule{
        "allocation_in_atomic", allocation, "allocated memory that may sleep", call,
        "allocate with GFP_ATOMIC and handle failure, or allocate before the lock is taken: GFP_KERNEL may wait "
        "for memory to be written out.",
        "Documentation/core-api/memory-allocation.rst"},
    AdviceRule{"vmalloc_in_atomic", vmalloc_call, "allocated memory that may sleep", call,
               "allocate before the lock is taken: vmalloc() has no atomic form.", "mm/vmalloc.c: vmalloc()"},
    AdviceRule{"msleep_in_atomic", msleep_call, "went to sleep", call,
               "use udelay() for microseconds, or a timer or delayed work for longer.",
               "Documentation/timers/timers-howto.rst"},
    AdviceRule{"grace_period_in_atomic", grace_period, "waited for a grace period", call,
               "use call_rcu() or kfree_rcu().", "Documentation/RCU/whatisRCU.rst"},
    AdviceRule{"rt_lock_in_atomic", realtime_lock, "took a lock that sleeps on PREEMPT_RT", call,
               "make the outer lock a spinlock_t instead of raw_spinlock_t or local_irq_save(), or the inner one a "
               "raw_spinlock_t if it is held for a few instructions only.",
               "Documentation/locking/locktypes.rst: raw_spinlock_t and spinlock_t"},
    AdviceRule{"sleep_in_atomic", sleeps, "called it", call,
               "move the sleeping call out of the section, or hand the work over to a workqueue.",
               "Documentation/kernel-hacking/hacking.rst"},
    AdviceRule{
        "cpu_number_preemptible", preemptible, "asked which CPU it runs on", guilty_function,
        "Use get_cpu() and put_cpu(), or this_cpu_ operations, around what needs to stay on one CPU; "
        "raw_smp_processor_id() only where a wrong answer does no harm. If the caller should have preemption "
        "off here, something on its way gave back more than it took.",
        "lib/smp_processor_id.c"},
    AdviceRule{
        "lock_in_wrong_context", wrong_lock, "took a lock that its context does not allow", headline,
        "Do not take a spinlock_t under a raw_spinlock_t or in hard interrupt context: on PREEMPT_RT it sleeps. "
        "Take it before, make it a raw_spinlock_t, or defer the work.",
        "Documentation/locking/locktypes.rst, kernel/locking/lockdep.c: check_wait_context()"},
    AdviceRule{
        "count_underflow", underflow, "gave back more of preempt_count than it had taken", headline,
        "Look for an unlock or preempt_enable() without its counterpart on this way, or for an earlier report "
        "in the same task that reset the count.",
        "kernel/sched/core.c: preempt_count_sub()"},
    AdviceRule{"leaked_count", leaked_count, "returned with preempt_count changed", headline,
               "The function that the report names returned with a lock held or preemption off: look for a return "
               "between a lock and its unlock.",
               "kernel/workqueue.c: process_one_work(), kernel/softirq.c: handle_softirqs()"},
    AdviceRule{
        "lost_timer", lost_timer, "lost a timer interrupt or a wake-up", lost_timer_evidence,
        "No task held it up: look at the timer hardware, at clockevents and cpuidle drivers, and at virtual CPUs "
        "that were not scheduled. /proc/interrupts taken twice shows on which CPU the timer stands still.",
        "Documentation/RCU/stallwarn.rst"},
    AdviceRule{
        "spins_interrupts_off", spins_with_irqs_off, "loops with interrupts off", spinning,
        "Let the loop end by a time-out, and do not poll hardware with interrupts off: not even the watchdog's "
        "interrupt reaches this CPU.",
        "Documentation/RCU/stallwarn.rst"},
    AdviceRule{"starved_by_stalled_cpu", starves_kthread, "kept the grace-period kthread from running", starved,
               "The grace-period kthread waits for the CPU that is stalled: what runs there, perhaps at real-time "
               "priority, is the cause. Look at it first.",
               "Documentation/RCU/stallwarn.rst"},
    AdviceRule{
        "starved_kthread", starved_elsewhere, "did not let the grace-period kthread run", starved,
        "The grace-period kthread itself did not run, on a CPU that is not stalled: look for what kept that CPU "
        "busy, or for a lost wake-up or timer. The stacks in this report do not say who did it; a vmcore or "
        "`sysrq l` taken while it hangs would.",
        "Documentation/RCU/stallwarn.rst, kernel/rcu/tree_stall.h: rcu_check_gp_kthread_starvation()"},
    AdviceRule{
        "spins", spins, "loops without a chance to schedule", spinning,
        "Let the loop end by a time-out, and let it call cond_resched() with preemption on, or sleep between "
        "two looks at the hardware.",
        "Documentation/RCU/stallwarn.rst, Documentation/admin-guide/lockup-watchdogs.rst"},
    AdviceRule{"rcu_stall", plain_rcu, "passed through no quiescent state", stalled,
               "Look at what the stalled CPUs ran: they passed through no quiescent state in all that time.",
               "Documentation/RCU/stallwarn.rst"},
    AdviceRule{"hung_with_holder", hung_with_holder, "waits for a lock whose holder is known", holder,
               "Look at what the holder does: it keeps the lock while it sleeps.", "kernel/hung_task.c"},
    AdviceRule{"hung_task", hung, "waits for something that does not come", blocked,
               "Find who holds what the task waits for: `echo w > /proc/sysrq-trigger`, or a vmcore.",
               "kernel/hung_task.c"},
    AdviceRule{"lockup", lockup, "runs without a chance to reschedule", stalled,
               "Look at the stack of the stuck CPU: it runs there without a chance to reschedule.",
               "Documentation/admin-guide/lockup-watchdogs.rst"},
    AdviceRule{
        "workqueue_lockup", workqueue, "made no progress", headline,
        "Look at what the pool's running work items do, or at what keeps its CPU from them: `sysrq t` lists them.",
        "kernel/workqueue.c: wq_watchdog_timer_fn()"},
};

}  // namespace

std::span<const AdviceRule> advice_rules() {
    return rules;
}

const AdviceRule* advice_rule(const Situation& situation) {
    const auto* const it =
        std::find_if(rules.begin(), rules.end(), [&](const AdviceRule& rule) { return rule.applies(situation); });
    return it == rules.end() ? nullptr : it;
}

}  // namespace stallsight
