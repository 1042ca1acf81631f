#include "analysis/stalls/samples.h"

#include <nlohmann/json.hpp>

namespace stallsight {

bool same_core(const Analysis& analysis, const EventInfo& event, const std::string& board,
               const std::string& core) {
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    return artifact.board == board && artifact.core == core;
}

std::vector<StallSample> rcu_samples(const Analysis& analysis, const std::string& board, const std::string& core) {
    std::vector<StallSample> out;
    for (const EventInfo& event : analysis.events) {
        const Event& report = event.report;
        if (report.kind != EventKind::rcu_stall || !same_core(analysis, event, board, core)) continue;
        if (!report.time || !report.fields.contains("jiffies")) continue;
        StallSample sample;
        sample.event = &event;
        sample.jiffies = report.fields.value("jiffies", std::int64_t{0});
        sample.at_s = report.fields.value("jiffies_time_s", seconds(*report.time));
        if (report.fields.contains("grace_period"))
            sample.grace_period = report.fields["grace_period"].get<std::int64_t>();
        sample.boot = report.boot;
        sample.expedited = report.fields.value("expedited", false);
        sample.kernel_time = !analysis.artifacts[event.artifact].scan.timed_by_wall;
        out.push_back(sample);
    }
    return out;
}

}  // namespace stallsight
