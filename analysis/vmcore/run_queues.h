// What runs on each CPU, and who waits for it.
#pragma once

#include <vector>

#include "analysis/vmcore/kernel.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// In the order of the scheduler's classes: deadline and real time by priority, then fair by virtual run time.
std::vector<RunQueue> read_run_queues(const Kernel& kernel, const std::vector<KernelTask>& tasks);

}  // namespace stallsight
