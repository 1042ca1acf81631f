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

// Of a report about preemption with a stack; nothing for other reports, and for damage of an earlier one.
std::optional<Chain> build_chain(const EventInfo& event, const ChainContext& context = {});

}  // namespace stallsight
