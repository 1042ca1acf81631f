#include "analysis/vmcore/read_kernel.h"

#include <algorithm>

#include "analysis/vmcore/locks.h"
#include "analysis/vmcore/modules.h"
#include "analysis/vmcore/rcu.h"
#include "analysis/vmcore/run_queues.h"
#include "analysis/vmcore/tasks.h"

namespace stallsight {
namespace {

constexpr std::size_t stacks_a_report = 64;  // of progress

// The registers of a CPU, or none.
const CpuValues* registers_of(const Kernel& kernel, const std::vector<CpuValues>& registers, int cpu) {
    const auto& online = kernel.cpus();
    const auto place = std::find(online.begin(), online.end(), cpu) - online.begin();
    return static_cast<std::size_t>(place) < registers.size() ? &registers[static_cast<std::size_t>(place)]
                                                              : nullptr;
}

void read_stack(const Kernel& kernel, const TaskStacks& reader, const CpuValues* registers, KernelTask& task) {
    Stack stack;
    if (!task.active) {
        stack = reader.sleeping(kernel.object_at(task.task_address, "task_struct"));
    } else if (registers) {
        task.registers = *registers;
        stack = reader.running(*registers);
    } else {
        stack.broken = "its CPU's registers are not in the dump";
    }
    for (const StackFrame& frame : stack.frames) task.frames.push_back(reader.named(frame));
    task.stack_broken = std::move(stack.broken);
}

KernelModule summary_of(const LoadedModule& module) {
    KernelModule summary;
    summary.name = module.name();
    summary.taints = module.taints();
    for (const LoadedModule::Range& range : module.ranges()) {
        if (summary.base == 0) summary.base = range.low;
        summary.size += range.high - range.low;
    }
    return summary;
}

}  // namespace

std::vector<std::string> read_kernel(const Kernel& kernel, const std::vector<CpuValues>& cpus,
                                     const TaskStacks::FileOf& file_of, const Progress& progress,
                                     KernelState& state) {
    std::vector<std::string> missing;
    if (kernel.cpus().empty()) missing.emplace_back("the CPUs were not found: which tasks run is not known");
    TaskList list = list_tasks(kernel);
    if (list.broken) missing.emplace_back("the list of tasks is damaged: tasks may be missing");
    state.tasks = std::move(list.tasks);
    state.cpus = static_cast<int>(kernel.cpus().size());
    const LoadedModules modules(kernel);
    if (modules.broken()) missing.emplace_back("the list of modules is damaged: modules may be missing");
    for (const LoadedModule& module : modules.all()) state.modules.push_back(summary_of(module));
    const TaskStacks reader(kernel, modules, file_of);
    for (std::size_t i = 0; i < state.tasks.size() && !progress.cancelled; ++i) {
        KernelTask& task = state.tasks[i];
        if (i % stacks_a_report == 0)
            progress.at("reading stacks", static_cast<double>(i) / static_cast<double>(state.tasks.size()));
        read_stack(kernel, reader, task.active ? registers_of(kernel, cpus, *task.cpu) : nullptr, task);
    }
    state.waits = find_lock_waits(kernel, modules, state.tasks);
    state.run_queues = read_run_queues(kernel, state.tasks);
    state.rcu = read_rcu(kernel, state.tasks);
    if (!state.rcu) missing.emplace_back("the state of RCU was not found: no rcu_state.gp_seq in the debug info");
    return missing;
}

}  // namespace stallsight
