// What a stopped kernel's memory, or a session about it, tells in sentences: who waits for whom, and what a grace
// period waits for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

struct MemorySentence {
    enum class About { lock, deadlock, grace_period, stacks };  // stacks: stack_sentences.h
    About about = About::lock;
    std::string text;
    std::vector<std::string> why;    // the steps behind it, each a sentence
    std::vector<std::size_t> tasks;  // indices of KernelState::tasks that it names
    std::vector<int> cpus;           // that it says hold something up
};

// Deadlocks first, then grace periods, other waits, and what only stacks tell.
std::vector<MemorySentence> memory_sentences(const KernelState& state);

// Index of the frame that tells what a task does: the innermost one of a module where there is one on its stack,
// else the innermost that is not the scheduler's, nor a lock's or a wait's own function, else the outermost.
// Nothing: it has no stack.
std::optional<std::size_t> telling_frame(const KernelTask& task);
// " in hwa_commit_config [hwa_diag]", by that frame; empty: it has no stack.
std::string in_words(const KernelTask& task);

// "CPU 1 runs hwa_spin (pid 312) in hwa_poll_hw_ready [hwa_diag]"
std::string running_words(int cpu, const KernelTask& task);

// "hwa_gp (pid 313) waits in synchronize_rcu" of each task that waits for a grace period of RCU to end; their
// indices of KernelState::tasks are added to `tasks`.
std::vector<std::string> grace_period_waits(const KernelState& state, std::vector<std::size_t>& tasks);

}  // namespace stallsight
