// Who holds a CPU up.
#include "analysis/guilty/blame.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/guilty/rules.h"

namespace stallsight {

namespace {

// A CPU that loops is caught in a random leaf. What it was asked to do names the loop: the frame that the
// dispatcher of system calls, works, timers or packets called.
Guilty work_of_cpu(const Event& event) {
    Guilty guilty;
    std::optional<std::size_t> before;
    std::vector<std::size_t> passed;
    for (std::size_t i = behind_interrupt(event); i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame) || frame.inlined) continue;
        if (is_dispatcher(frame.function)) {
            if (!before) continue;
            blame(guilty, event, *before);
            guilty.reason = "what " + frame.function + " called: the CPU looped in it or below it";
            for (auto it = passed.rbegin(); it != passed.rend() && guilty.candidates.size() + 1 < most_candidates;
                 ++it) {
                if (*it != *before && rule_for(event.frames[*it].function) == nullptr) {
                    guilty.candidates.push_back(shown(event.frames[*it]));
                }
            }
            return guilty;
        }
        const Rule* rule = rule_for(frame.function);
        if (rule != nullptr &&
            (rule->group == Group::reporting || rule->group == Group::interrupt || rule->group == Group::entry))
            continue;
        before = i;
        passed.push_back(i);
    }
    return guilty;
}

// A CPU that waits for the others to answer is a victim: one of them does not take interrupts.
Guilty waits_for_others(const Event& event) {
    Guilty guilty;
    for (std::size_t i = behind_interrupt(event); i < event.frames.size() && i < 64; ++i) {
        if (!usable(event.frames[i]) || !waits_for_cpus(event.frames[i].function)) continue;
        blame(guilty, event, i);
        guilty.reason = "the CPU waits for another one to answer: look at the CPU that does not";
        return guilty;
    }
    return guilty;
}

// A CPU that another one has asked for its stack prints no machinery of the report: what it does in an interrupt is
// what holds it up.
bool works_in_interrupt(const Event& event, std::size_t entry) {
    bool works = false;
    for (std::size_t i = 0; i < entry; ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame)) continue;
        const Rule* rule = rule_for(frame.function);
        if (rule != nullptr && rule->group == Group::reporting) return false;
        works = works || (rule == nullptr && !is_dispatcher(frame.function));
    }
    return works;
}

}  // namespace

// The interrupt that found the lockup is printed on top of what the CPU was doing. The watchdogs print the stack
// from the interrupted place on, but where the kernel cannot unwind it: then all that lies there, with "?".
std::size_t behind_interrupt(const Event& event) {
    const bool by_watchdog = std::any_of(event.frames.begin(), event.frames.end(),
                                         [](const Frame& f) { return f.function == "watchdog_timer_fn"; });
    if (event.kind != EventKind::rcu_stall && !by_watchdog) return 0;
    for (std::size_t i = 0; i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame)) continue;
        const Rule* rule = rule_for(frame.function);
        if (rule != nullptr && rule->group == Group::interrupt && i + 1 < event.frames.size())
            return works_in_interrupt(event, i) ? 0 : i + 1;
    }
    return 0;
}

Guilty guilty_of_lockup(const Event& event) {
    if (Guilty others = waits_for_others(event); others.frame) return others;
    return work_of_cpu(event);
}

}  // namespace stallsight
