// The chains of an analysis: of its reports, and of tasks that ran when a dump was taken.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// One for each event that has one.
std::vector<Chain> build_chains(const Analysis& analysis);

// The chain of the task on this CPU in a dump of the same machine, or null.
const TaskChain* memory_chain(const Analysis& analysis, const std::string& board, const std::string& core, int cpu);

// Does the event's chain tell what the other one, of a task in a dump's memory, tells? It then has its count from
// there.
bool tells_memory(const Chain& of_event, const Chain& of_memory);

struct MemoryChain {
    const Chain* chain = nullptr;
    std::string of;  // "hwa_spin (pid 312) in the memory of vmcore"
};
// Of tasks that ran when the kernel was stopped, but for those that one of these chains of reports tells.
std::vector<MemoryChain> chains_of_memory_alone(const Analysis& analysis, const std::vector<const Chain*>& told);

}  // namespace stallsight
