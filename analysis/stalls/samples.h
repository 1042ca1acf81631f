// The stall reports of one core as numbers: what the clock and the episodes are worked out from.
#pragma once

#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

struct StallSample {
    const EventInfo* event = nullptr;
    std::int64_t jiffies = 0;  // t=: since the grace period began
    double at_s = 0;           // time of the line that prints t=
    std::optional<std::int64_t> grace_period;
    int boot = 0;
    bool expedited = false;
    // at_s counts from the boot, in microseconds; else from the log's first wall-clock stamp, in seconds.
    bool kernel_time = true;
};

// RCU stall reports of a core that print t= and have a time, in log order.
std::vector<StallSample> rcu_samples(const Analysis& analysis, const std::string& board, const std::string& core);

// rcu_cpu_stall_timeout= of the core's command line, or of a kernel configuration beside its logs.
std::optional<int> stall_timeout_s(const Analysis& analysis, const CoreInfo& core);
inline constexpr int usual_stall_timeout_s = 21;  // CONFIG_RCU_CPU_STALL_TIMEOUT, as the kernel's Kconfig sets it

bool same_core(const Analysis& analysis, const EventInfo& event, const std::string& board, const std::string& core);

}  // namespace stallsight
