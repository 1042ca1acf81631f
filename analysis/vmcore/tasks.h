// All tasks of a kernel, from its task list and its CPUs' idle tasks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/vmcore/kernel.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

struct TaskList {
    std::vector<KernelTask> tasks;  // by pid, idle tasks by CPU first; without stacks
    bool broken = false;            // the task list is damaged: tasks may be missing
};

TaskList list_tasks(const Kernel& kernel);

// "UN" as `crash` names task_struct.__state and exit_state; empty for what has no name there.
std::string state_name(std::uint64_t state, std::uint64_t exit_state);

}  // namespace stallsight
