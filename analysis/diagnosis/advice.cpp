#include "analysis/diagnosis/advice.h"

#include <algorithm>
#include <array>

namespace stallsight {

namespace {

struct SleepAdvice {
    std::string_view prefix;  // of the sleeping function
    std::string_view action;
    std::string_view advice;  // behind "In this context "
};

constexpr std::array sleep_advice = {
    SleepAdvice{"mutex_", "took the mutex",
                "use a spinlock (spin_lock_bh() where process context takes it too), or hand the work over to a "
                "workqueue. A mutex may sleep whenever someone else holds it."},
    SleepAdvice{"__mutex_", "took the mutex",
                "use a spinlock (spin_lock_bh() where process context takes it too), or hand the work over to a "
                "workqueue. A mutex may sleep whenever someone else holds it."},
    SleepAdvice{
        "down", "took the semaphore",
        "use a spinlock, or a trylock with a way to come back later, or hand the work over to a workqueue."},
    SleepAdvice{"wait_for_completion", "waited for a completion",
                "hand the waiting part over to a workqueue: nothing may wait here."},
    SleepAdvice{"kmalloc", "allocated memory that may sleep",
                "allocate with GFP_ATOMIC and handle failure, or allocate before the lock is taken: GFP_KERNEL may "
                "wait for memory to be written out."},
    SleepAdvice{"kmem_cache_alloc", "allocated memory that may sleep",
                "allocate with GFP_ATOMIC and handle failure, or allocate before the lock is taken: GFP_KERNEL may "
                "wait for memory to be written out."},
    SleepAdvice{"msleep", "went to sleep", "use udelay() for microseconds, or a timer or delayed work for longer."},
    SleepAdvice{"usleep_range", "went to sleep", "use udelay() for microseconds, or a timer for longer."},
    SleepAdvice{"synchronize_rcu", "waited for a grace period", "use call_rcu() or kfree_rcu()."},
    SleepAdvice{"vmalloc", "allocated memory that may sleep", "allocate before the lock is taken."},
};

const SleepAdvice* find_advice(std::string_view function) {
    const auto it = std::find_if(sleep_advice.begin(), sleep_advice.end(),
                                 [&](const SleepAdvice& a) { return function.starts_with(a.prefix); });
    return it == sleep_advice.end() ? nullptr : it;
}

}  // namespace

std::string action_of(const std::string& sleeping_function) {
    const SleepAdvice* advice = find_advice(sleeping_function);
    return advice != nullptr ? std::string(advice->action) : "called it";
}

std::string advice_for_sleep(const Chain& chain, const std::vector<PatchHunk>& hunks) {
    const SleepAdvice* advice = find_advice(chain.links[chain.sleeps_link].function);
    std::string out = "Between " + chain.disabled_at.function + " and here nothing may sleep: ";
    out += advice != nullptr ? std::string(advice->advice)
                             : "move the sleeping call out of the section, or hand the work over to a workqueue.";
    for (const PatchHunk& hunk : hunks)
        if (hunk.on_chain && hunk.event == chain.event)
            out += " The patch in this bundle changes " + hunk.function +
                   (hunk.effect.empty() ? "." : ": it " + hunk.effect + ".");
    return out;
}

std::string advice_for_stall(const StallEpisode& episode) {
    if (episode.flavor == "hung_task")
        return "Find who holds what the task waits for: `echo w > /proc/sysrq-trigger`, or a vmcore.";
    if (!episode.flavor.starts_with("rcu"))
        return "Look at the stack of the stuck CPU: it runs there without a chance to reschedule.";
    if (episode.starved_jiffies)
        return "The grace-period kthread itself did not run: look for what kept its CPU" +
               (episode.starved_cpu ? " " + std::to_string(*episode.starved_cpu) : std::string()) +
               " busy, or for a lost wake-up or timer. The stacks in this report do not say who did it; a vmcore "
               "or "
               "`sysrq l` taken while it hangs would.";
    return "Look at what the stalled CPUs ran: they passed through no quiescent state in all that time.";
}

}  // namespace stallsight
