// What a stall held up: its grace period, and the tasks that waited for it.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// The hung tasks of one core that wait for a grace period.
class GracePeriodWaiters {
public:
    GracePeriodWaiters(const Analysis& analysis, const CoreInfo& core);

    // The episode's grace period, and who was reported hung while it lasted, in the order of time.
    [[nodiscard]] std::vector<std::string> held_up_by(const StallEpisode& episode) const;

private:
    struct Waiter {
        int boot = 0;
        double at_s = 0;
        std::string words;  // "hwa_gp (pid 311) in synchronize_rcu"
    };
    std::vector<Waiter> waiters_;  // by boot and time
};

}  // namespace stallsight
