// Stall reports -> episodes: one a grace period (RCU), one a CPU or task (lockups, hung tasks).
#include <algorithm>

#include "analysis/stalls/samples.h"
#include "analysis/stalls/stalls.h"

namespace stallsight {

namespace {

void add_cpu(StallEpisode& episode, int cpu) {
    if (std::find(episode.cpus.begin(), episode.cpus.end(), cpu) == episode.cpus.end()) episode.cpus.push_back(cpu);
}

std::string task_words(const Task& task) {
    if (task.comm.empty()) return {};
    return task.pid ? task.comm + " (pid " + std::to_string(*task.pid) + ")" : task.comm;
}

void add_cpus(StallEpisode& episode, const Event& report) {
    if (const auto it = report.fields.find("cpus"); it != report.fields.end() && it->is_array())
        for (const auto& entry : *it)
            if (entry.is_object() && entry.contains("cpu") && entry["cpu"].is_number_integer())
                add_cpu(episode, entry["cpu"].get<int>());
    for (const Section& section : report.sections) {
        const bool of_stalled =
            section.cpu && std::find(episode.cpus.begin(), episode.cpus.end(), *section.cpu) != episode.cpus.end();
        if (of_stalled && !section.task.comm.empty()) episode.doing.emplace(*section.cpu, task_words(section.task));
    }
    if (report.cpu && std::find(episode.cpus.begin(), episode.cpus.end(), *report.cpu) != episode.cpus.end() &&
        !report.task.comm.empty())
        episode.doing.emplace(*report.cpu, task_words(report.task));
}

void add_starved(StallEpisode& episode, const Event& report) {
    const auto it = report.fields.find("starved");
    if (it == report.fields.end() || !it->is_object()) return;
    episode.starved_jiffies = it->value("jiffies", std::int64_t{0});
    episode.starved_kthread = it->value("kthread", std::string());
    if (it->contains("cpu") && (*it)["cpu"].is_number_integer()) episode.starved_cpu = (*it)["cpu"].get<int>();
}

std::optional<double> log_end(const Analysis& analysis, const EventInfo& event) {
    const auto& last = analysis.artifacts[event.artifact].scan.last_time;
    if (!last) return std::nullopt;
    return seconds(*last);
}

class Builder {
public:
    explicit Builder(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<StallEpisode> build() {
        for (const CoreInfo& core : analysis_.cores) {
            const std::size_t first = episodes_.size();
            add_rcu(core);
            close_by_later(first);
            add_lockups(core);
        }
        return std::move(episodes_);
    }

private:
    void add_rcu(const CoreInfo& core) {
        const CoreClock* clock = analysis_.clock_of(core.board, core.core);
        const std::optional<int> hz = clock != nullptr ? clock->hz : std::nullopt;
        std::vector<int> boots;  // of the episodes added here
        const std::size_t base = episodes_.size();
        for (const StallSample& sample : rcu_samples(analysis_, core.board, core.core)) {
            const Event& report = sample.event->report;
            const std::string flavor = report.fields.value("flavor", std::string("rcu"));
            std::size_t i = base;
            while (i < episodes_.size() &&
                   !(episodes_[i].flavor == flavor && episodes_[i].grace_period == sample.grace_period &&
                     boots[i - base] == sample.boot && sample.grace_period))
                ++i;
            if (i == episodes_.size()) {
                StallEpisode episode;
                episode.board = core.board;
                episode.core = core.core;
                episode.flavor = flavor;
                episode.grace_period = sample.grace_period;
                episodes_.push_back(std::move(episode));
                boots.push_back(sample.boot);
            }
            extend(episodes_[i], sample, hz);
        }
    }

    void extend(StallEpisode& episode, const StallSample& sample, std::optional<int> hz) {
        const Event& report = sample.event->report;
        episode.events.push_back(sample.event->id);
        add_cpus(episode, report);
        add_starved(episode, report);
        if (report.fields.contains("detected_by") && report.fields["detected_by"].is_number_integer())
            episode.detected_by = report.fields["detected_by"].get<int>();
        if (hz) {
            const double start = sample.at_s - static_cast<double>(sample.jiffies) / *hz;
            episode.start_s = episode.start_s ? std::min(*episode.start_s, start) : start;
        }
        episode.end_s = log_end(analysis_, *sample.event).value_or(sample.at_s);
        episode.open = true;
        episode.end_basis = "still going on at the end of the log";
        close_by_silence(episode, sample, hz);
        close_by_fact(episode, sample);
    }

    // kernel/rcu/tree_stall.h: while a stall lasts it is printed again after three times the time-out plus 3 s. A
    // log that goes on past that without a word of it says that it was over.
    static void close_by_silence(StallEpisode& episode, const StallSample& sample, std::optional<int> hz) {
        if (!hz || sample.expedited) return;
        constexpr double default_timeout_s = 21;
        const double waited_s = static_cast<double>(sample.jiffies) / *hz;
        const double due = sample.at_s + 3 * std::min(waited_s, default_timeout_s) + 3;
        if (episode.end_s <= due + 1) return;
        episode.end_s = due;
        episode.open = false;
        episode.end_basis = "at the latest (the next warning was due then and did not come)";
    }

    // kernel/rcu/tree_stall.h: "INFO: rcu_preempt ... stall ended before state dump start" and its kin.
    void close_by_fact(StallEpisode& episode, const StallSample& sample) const {
        for (const Fact& fact : analysis_.artifacts[sample.event->artifact].scan.facts) {
            const bool later = fact.kind == Fact::Kind::stall_ended && fact.boot == sample.boot && fact.time &&
                               seconds(*fact.time) >= sample.at_s;
            if (!later) continue;
            episode.end_s = seconds(*fact.time);
            episode.open = false;
            episode.end_basis = "as the kernel said";
            return;
        }
    }

    // A later grace period of the same flavor can only begin when this one is over.
    void close_by_later(std::size_t first) {
        for (std::size_t i = first; i < episodes_.size(); ++i)
            for (std::size_t j = i + 1; j < episodes_.size(); ++j) {
                StallEpisode& earlier = episodes_[i];
                const StallEpisode& later = episodes_[j];
                if (!earlier.open || earlier.flavor != later.flavor || !later.start_s || !earlier.grace_period ||
                    !later.grace_period || *later.grace_period <= *earlier.grace_period)
                    continue;
                earlier.end_s = *later.start_s;
                earlier.open = false;
                earlier.end_basis =
                    "at the latest (grace period " + std::to_string(*later.grace_period) + " began then)";
            }
    }

    void add_lockups(const CoreInfo& core) {
        for (const EventInfo& event : analysis_.events) {
            if (!same_core(analysis_, event, core.board, core.core) || !event.report.time) continue;
            switch (event.report.kind) {
                case EventKind::soft_lockup:
                    add_lockup(core, event, "soft_lockup", "stuck_s");
                    break;
                case EventKind::hard_lockup:
                    add_lockup(core, event, "hard_lockup", "stuck_s");
                    break;
                case EventKind::hung_task:
                    add_lockup(core, event, "hung_task", "blocked_s");
                    break;
                case EventKind::workqueue_lockup:
                    add_lockup(core, event, "workqueue", "stuck_s");
                    break;
                default:
                    break;
            }
        }
    }

    void add_lockup(const CoreInfo& core, const EventInfo& event, const char* flavor, const char* length_field) {
        const Event& report = event.report;
        const double at = seconds(*report.time);
        const auto length = report.fields.find(length_field);
        const bool known = length != report.fields.end() && length->is_number();
        const double start = known ? at - length->get<double>() : at;
        StallEpisode& episode = lockup_episode(core, flavor, report, start);
        episode.events.push_back(event.id);
        if (report.cpu && std::string_view(flavor) != "hung_task") add_cpu(episode, *report.cpu);
        const int where = report.cpu && std::string_view(flavor) != "hung_task" ? *report.cpu : -1;
        if (const std::string words = task_words(report.task); !words.empty()) episode.doing.emplace(where, words);
        episode.start_s = episode.start_s ? std::min(*episode.start_s, start) : start;
        episode.end_s = std::max(episode.end_s, at);
        episode.end_basis = "with the last report of it";
    }

    StallEpisode& lockup_episode(const CoreInfo& core, const std::string& flavor, const Event& report,
                                 double start) {
        const std::string who = task_words(report.task);
        for (StallEpisode& episode : episodes_) {
            if (episode.board != core.board || episode.core != core.core || episode.flavor != flavor) continue;
            const bool same_task = !episode.doing.empty() && episode.doing.begin()->second == who;
            if (same_task && start <= episode.end_s + 1) return episode;
        }
        StallEpisode episode;
        episode.board = core.board;
        episode.core = core.core;
        episode.flavor = flavor;
        episodes_.push_back(std::move(episode));
        return episodes_.back();
    }

    const Analysis& analysis_;
    std::vector<StallEpisode> episodes_;
};

}  // namespace

std::vector<StallEpisode> find_stalls(const Analysis& analysis) {
    return Builder(analysis).build();
}

}  // namespace stallsight
