// The preempt-disabled chain: from the frame that switched preemption off to the one that must not have been
// called.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

struct ChainContext {
    std::string_view text;        // of the report, for its registers
    std::string release, banner;  // of the kernel that printed it; empty: not known
    std::string arch;             // as CoreInfo has it
    bool stopped = false;         // no report: the stack of a task that ran when the kernel was stopped
    std::optional<std::uint32_t> memory_count;  // preempt_count in a dump's memory, where the report prints none
};

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

// Of a report about preemption with a stack; nothing for other reports, and for damage of an earlier one.
std::optional<Chain> build_chain(const EventInfo& event, const ChainContext& context = {});

// One for each event that has one.
std::vector<Chain> build_chains(const Analysis& analysis);

}  // namespace stallsight
