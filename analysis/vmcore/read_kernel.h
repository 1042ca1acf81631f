// From a dump's memory to tasks, stacks, waits, run queues and RCU.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/vmcore/kernel.h"
#include "analysis/vmcore/stacks.h"
#include "base/progress.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// A CPU's registers by the names that dumps have for them.
using CpuValues = std::map<std::string, std::uint64_t, std::less<>>;

// Adds to `state`. `cpus`: one a CPU that was online, in their order; empty where the dump has none. What could not
// be found is returned, each a clause. Cancelled, it leaves tasks without stacks.
std::vector<std::string> read_kernel(const Kernel& kernel, const std::vector<CpuValues>& cpus,
                                     const TaskStacks::FileOf& file_of, const Progress& progress,
                                     KernelState& state);

}  // namespace stallsight
