#include "analysis/vmcore/run_queues.h"

#include <algorithm>
#include <tuple>

namespace stallsight {
namespace {

constexpr std::uint64_t queued = 1;       // kernel/sched/sched.h: TASK_ON_RQ_QUEUED
constexpr std::int64_t first_fair = 100;  // include/linux/sched/prio.h: MAX_RT_PRIO

// Of fair tasks the virtual run time decides, not the priority.
std::tuple<std::int64_t, std::uint64_t> turn_of(const Kernel& kernel, const KernelTask& task) {
    const Object object = kernel.object_at(task.task_address, "task_struct");
    const std::int64_t priority = object.signed_number("prio").value_or(first_fair);
    return {std::min(priority, first_fair), object.number("se.vruntime").value_or(0)};
}

}  // namespace

std::vector<RunQueue> read_run_queues(const Kernel& kernel, const std::vector<KernelTask>& tasks) {
    std::vector<RunQueue> queues;
    for (const int cpu : kernel.cpus()) {
        RunQueue queue;
        queue.cpu = cpu;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (tasks[i].cpu != cpu) continue;
            if (tasks[i].active) {
                queue.current = i;
            } else if (tasks[i].task.pid != 0 &&
                       kernel.object_at(tasks[i].task_address, "task_struct").number("on_rq") == queued) {
                queue.queued.push_back(i);
            }
        }
        std::stable_sort(queue.queued.begin(), queue.queued.end(), [&](std::size_t left, std::size_t right) {
            return turn_of(kernel, tasks[left]) < turn_of(kernel, tasks[right]);
        });
        queues.push_back(std::move(queue));
    }
    return queues;
}

}  // namespace stallsight
