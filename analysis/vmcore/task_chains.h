// What each CPU held when the kernel was stopped, by the preempt_count of its memory and the stack of its task.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// Of the running tasks whose preempt_count is not 0, idle tasks aside. `kernel_offset`: KASLR.
std::vector<TaskChain> chains_of_running(const CrashInfo& info, const Symbolizer& symbolizer,
                                         std::uint64_t kernel_offset);

}  // namespace stallsight
