#include "analysis/stalls/held_up.h"

#include <algorithm>
#include <array>

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

std::vector<std::string> held_up(const Analysis& analysis, const StallEpisode& episode) {
    std::vector<std::string> out;
    if (!episode.flavor.starts_with("rcu")) return out;
    if (episode.grace_period) out.push_back("grace period " + std::to_string(*episode.grace_period));
    for (const EventInfo& event : analysis.events) {
        const Event& report = event.report;
        const bool here = report.kind == EventKind::hung_task && report.boot == episode.boot && report.time &&
                          same_core(analysis, event, episode.board, episode.core);
        if (!here || seconds(*report.time) < episode.start_s.value_or(0) ||
            seconds(*report.time) > episode.end_s + 1)
            continue;
        const std::string function = waiting_in(report.frames);
        std::string words = task_words(report.task) + " in " + function;
        if (!function.empty() && std::find(out.begin(), out.end(), words) == out.end())
            out.push_back(std::move(words));
    }
    return out;
}

}  // namespace stallsight
