// What the table of tasks lists of a stopped kernel: which tasks, grouped how, and what is said of each.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight::gui {

struct TaskFilter {
    QString text;            // in the name, the PID or a function of the stack; case does not count
    QString state;           // empty: any
    std::optional<int> cpu;  // empty: any
    bool blocked = false;    // only tasks that sleep uninterruptibly or wait for a lock
};

using TaskNumbers = std::vector<std::size_t>;  // indices of KernelState::tasks

TaskNumbers tasks_shown(const KernelState& state, const TaskFilter& filter);
// Tasks with the same functions on their stacks; the largest group first. Tasks without a stack stand alone.
std::vector<TaskNumbers> grouped_by_stack(const KernelState& state, const TaskNumbers& tasks);

bool is_blocked(const KernelState& state, std::size_t task);
// "hwa_cfg_mutex, held by hwa_cfg_holder (310)" where memory tells; else the function in which it waits.
QString waits_for(const KernelState& state, std::size_t task);
// "uninterruptible sleep"
QString state_in_words(const std::string& state);

}  // namespace stallsight::gui
