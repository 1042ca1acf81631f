// The tasks of a session, each once, though ps, runq, bt -a and foreach bt list it.
#pragma once

#include <unordered_map>
#include <vector>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

class TaskTable {
public:
    // Index of the task; what is already known of it stays.
    std::size_t merge(KernelTask task);
    // Lines from `first` to `last` print this stack of the task. Of several stacks the first counts, completed by
    // what the others say of the same frames; a stack of doubtful entries (bt -t) gives way to any other.
    void add_stack(std::size_t task, std::vector<Frame> frames, std::uint64_t first, std::uint64_t last);

    std::vector<KernelTask> take() { return std::move(tasks_); }

private:
    [[nodiscard]] const std::size_t* find(const KernelTask& task) const;

    std::vector<KernelTask> tasks_;
    std::unordered_map<std::uint64_t, std::size_t> by_address_;
    // The idle tasks share PID 0, so that only the name tells them apart.
    std::unordered_map<std::string, std::size_t> by_pid_;
};

}  // namespace stallsight
