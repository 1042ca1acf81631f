#include "parsers/vmcore/task_table.h"

#include <algorithm>

namespace stallsight {
namespace {

std::string pid_key(const Task& task) {
    if (!task.pid) return {};
    return std::to_string(*task.pid) + (*task.pid == 0 ? " " + task.comm : std::string());
}

template <class T>
void complete(T& known, const T& other) {
    if (known == T()) known = other;
}

bool is_doubtful(const std::vector<Frame>& frames) {
    return std::none_of(frames.begin(), frames.end(), [](const Frame& frame) { return frame.reliable; });
}

// `bt -s` knows offsets, `bt -l` source lines.
void complete_frames(std::vector<Frame>& known, const std::vector<Frame>& others) {
    const bool same = std::equal(
        known.begin(), known.end(), others.begin(), others.end(),
        [](const Frame& a, const Frame& b) { return a.function == b.function && a.address == b.address; });
    if (!same) return;
    for (std::size_t i = 0; i < known.size(); ++i) {
        complete(known[i].offset, others[i].offset);
        complete(known[i].module, others[i].module);
        complete(known[i].file, others[i].file);
        complete(known[i].source_line, others[i].source_line);
    }
}

}  // namespace

const std::size_t* TaskTable::find(const KernelTask& task) const {
    if (task.task_address != 0) {
        if (const auto known = by_address_.find(task.task_address); known != by_address_.end())
            return &known->second;
    }
    const auto known = by_pid_.find(pid_key(task.task));
    if (known == by_pid_.end() || known->first.empty()) return nullptr;
    // Another address is another task: PIDs are used again, and a session may be pasted from two dumps.
    const std::uint64_t address = tasks_[known->second].task_address;
    return address != 0 && task.task_address != 0 ? nullptr : &known->second;
}

std::size_t TaskTable::merge(KernelTask task) {
    const std::size_t* known = find(task);
    const std::size_t index = known != nullptr ? *known : tasks_.size();
    if (task.task_address != 0) by_address_.try_emplace(task.task_address, index);
    by_pid_.try_emplace(pid_key(task.task), index);
    if (known == nullptr) {
        tasks_.push_back(std::move(task));
        return index;
    }
    KernelTask& old = tasks_[index];
    old.active |= task.active;
    complete(old.task_address, task.task_address);
    complete(old.task.comm, task.task.comm);
    complete(old.state, task.state);
    complete(old.cpu, task.cpu);
    complete(old.parent_pid, task.parent_pid);
    return index;
}

void TaskTable::add_stack(std::size_t index, std::vector<Frame> frames, std::uint64_t first, std::uint64_t last) {
    KernelTask& task = tasks_[index];
    const bool better = is_doubtful(task.frames) && !is_doubtful(frames);
    if (!task.frames.empty() && !better) {
        complete_frames(task.frames, frames);
        return;
    }
    task.line = first;
    task.line_last = last;
    task.frames = std::move(frames);
}

}  // namespace stallsight
