// The state of RCU: the grace period, and what it waits for.
//
// Source: kernel/rcu/tree.h of Linux 4.20 to 6.12 (one flavor, gp_seq); older kernels' flavors are not read.
#pragma once

#include <optional>
#include <vector>

#include "analysis/vmcore/kernel.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// Nothing where the kernel has no rcu_state: it is tiny RCU, or an older kernel.
std::optional<RcuState> read_rcu(const Kernel& kernel, const std::vector<KernelTask>& tasks);

}  // namespace stallsight
