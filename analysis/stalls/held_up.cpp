#include "analysis/stalls/held_up.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/stalls/samples.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// Functions that wait for a grace period (kernel/rcu/update.c, tree.c, srcutree.c).
constexpr std::array waits_for_rcu = {
    "synchronize_rcu", "synchronize_rcu_expedited", "synchronize_sched", "synchronize_srcu", "__wait_rcu_gp",
    "rcu_barrier",     "cond_synchronize_rcu",      "synchronize_net"};

std::string waiting_in(const std::vector<Frame>& frames) {
    for (const Frame& frame : frames)
        for (const char* function : waits_for_rcu)
            if (frame.function == function) return function;
    return {};
}

}  // namespace

GracePeriodWaiters::GracePeriodWaiters(const Analysis& analysis, const CoreInfo& core) {
    for (const EventInfo& event : analysis.events) {
        const Event& report = event.report;
        if (report.kind != EventKind::hung_task || !report.time ||
            !same_core(analysis, event, core.board, core.core))
            continue;
        const std::string function = waiting_in(report.frames);
        if (!function.empty())
            waiters_.push_back({report.boot, seconds(*report.time), task_words(report.task) + " in " + function});
    }
    std::stable_sort(waiters_.begin(), waiters_.end(), [](const Waiter& a, const Waiter& b) {
        return std::pair(a.boot, a.at_s) < std::pair(b.boot, b.at_s);
    });
}

std::vector<std::string> GracePeriodWaiters::held_up_by(const StallEpisode& episode) const {
    std::vector<std::string> out;
    if (!episode.flavor.starts_with("rcu")) return out;
    if (episode.grace_period) out.push_back("grace period " + std::to_string(*episode.grace_period));
    std::set<std::string_view> told;
    const auto first = std::lower_bound(
        waiters_.begin(), waiters_.end(), std::pair(episode.boot, episode.start_s.value_or(0)),
        [](const Waiter& w, const std::pair<int, double>& from) { return std::pair(w.boot, w.at_s) < from; });
    for (auto w = first; w != waiters_.end() && w->boot == episode.boot && w->at_s <= episode.end_s + 1; ++w)
        if (told.insert(w->words).second) out.push_back(w->words);
    return out;
}

}  // namespace stallsight
