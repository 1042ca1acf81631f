// The cycle of locks that lockdep reports, as edges: which lock was taken while which was held, and by whom.
// Formats: kernel/locking/lockdep.c (2.6.18 to 6.x), print_circular_bug(), print_deadlock_bug(),
// print_bad_irq_dependency() and print_irq_inversion_bug().
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

struct LockStep {
    std::string lock;              // as printed: "&(&c->lock)->rlock"
    std::string function, module;  // who took it while holding the lock of the step before; empty: not printed
    std::uint64_t line = 0;        // of the log, where that is; 0: not known
};

// Each step's lock was taken under the one of the step before; the first one's under the last one's, which closes
// the cycle. A lock that a task takes twice is a cycle of one step.
struct LockCycle {
    std::vector<LockStep> steps;
    Task task;  // that closes it, unless an interrupt does
    bool by_interrupt = false;
};

// Nothing for a report that prints no cycle.
std::optional<LockCycle> lock_cycle(const EventInfo& event);

// One a signature, for pages that do not repeat themselves.
std::vector<std::pair<const EventInfo*, LockCycle>> first_lock_cycles(const Analysis& analysis);

// "clock_hwa_app (pid 77) takes it in take_a [hwa]"
std::string closing_words(const LockCycle& cycle);

}  // namespace stallsight
