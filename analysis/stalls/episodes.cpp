// Incidents -> episodes: when each began and ended, and whether its reports agree.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/stalls/held_up.h"
#include "analysis/stalls/incidents.h"
#include "analysis/stalls/samples.h"
#include "analysis/stalls/stalls.h"
#include "analysis/stalls/traces.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// Same task and function in every report of a CPU; nothing when no CPU was seen at two times.
std::optional<bool> agreement(const std::vector<StallView>& views) {
    struct Seen {
        const StallView* first = nullptr;
        bool again = false, same = true;
    };
    std::map<int, Seen> cpus;
    for (const StallView& view : views) {
        Seen& seen = cpus.try_emplace(view.cpu, Seen{&view}).first->second;
        seen.again |= view.at_s != seen.first->at_s;
        seen.same &= view.task == seen.first->task && view.function == seen.first->function;
    }
    std::optional<bool> agree;
    for (const auto& [cpu, seen] : cpus)
        if (seen.again) agree = agree.value_or(true) && seen.same;
    return agree;
}

// A core's episodes, each with its reports.
class Builder {
public:
    Builder(const Analysis& analysis, const CoreInfo& core)
        : analysis_(analysis), core_(core), traces_(analysis), waiters_(analysis, core) {}

    std::vector<StallEpisode> build() {
        const auto timeout = stall_timeout_s(analysis_, core_);
        Incidents incidents(core_);
        for (const EventInfo& event : analysis_.events) {
            if (!same_core(analysis_, event, core_.board, core_.core)) continue;
            if (event.report.kind == EventKind::hung_task && event.report.time)
                hung_tasks_[event.report.boot].push_back(seconds(*event.report.time));
            const CoreClock* clock = analysis_.clock_of(core_.board, core_.core, event.report.boot);
            if (auto sighting = sighting_of(event, clock != nullptr ? clock->hz : std::nullopt, timeout))
                incidents.take(std::move(*sighting));
        }
        std::vector<StallEpisode> out;
        for (Incident& incident : incidents.all()) out.push_back(finished(incident));
        close_by_later(out);
        std::stable_partition(out.begin(), out.end(),
                              [](const StallEpisode& e) { return e.flavor.starts_with("rcu"); });
        return out;
    }

private:
    StallEpisode finished(Incident& incident) {
        StallEpisode& episode = incident.episode;
        find_start(episode, incident.sightings);
        find_end(episode, incident.sightings);
        std::stable_sort(episode.views.begin(), episode.views.end(),
                         [](const StallView& a, const StallView& b) { return a.at_s < b.at_s; });
        episode.views_agree = agreement(episode.views);
        episode.held_up = waiters_.held_up_by(episode);
        return std::move(episode);
    }

    void find_start(StallEpisode& episode, const std::vector<Sighting>& sightings) {
        const Sighting* first = nullptr;
        for (const Sighting& s : sightings)
            if (s.start && (first == nullptr || s.start_s < first->start_s)) first = &s;
        if (first == nullptr) return;
        episode.start_s = first->start_s;
        episode.start_window = *first->start;
        const bool exact = first->start->to_s - first->start->from_s < 0.01;
        const auto jiffies = first->event->report.fields.find("jiffies");
        const bool counted = jiffies != first->event->report.fields.end() && jiffies->is_number_integer();
        episode.start_basis = !exact    ? "as the report says, rounded"
                              : counted ? "the report counts t=" + jiffies->dump() + " jiffies back"
                                        : "as the report counts";
        if (!first->start_basis.empty()) episode.start_basis = first->start_basis;
        if (exact) return find_start_of_loop(episode, *first);
        for (const Sighting& s : sightings) {
            if (s.at_s > first->at_s) continue;
            if (const auto trace = traces_.before(*s.event, *first->start)) {
                episode.start_s = trace->at_s;
                episode.start_basis = trace->basis;
            }
        }
    }

    // A grace period may have begun while an earlier one still held up the CPU that loops: its module may have said
    // that it starts there.
    void find_start_of_loop(StallEpisode& episode, const Sighting& first) {
        const double begun_s = *episode.start_s;
        if (episode.cpus.size() != 1 || !first.due_s) return;
        const double before_s = (*first.due_s - first.at_s) / 3;  // the time-out of a warning
        const auto trace = traces_.before(*first.event, {begun_s - before_s, begun_s}, episode.cpus.front());
        if (!trace) return;
        episode.start_s = trace->at_s;
        episode.start_window = {trace->at_s, begun_s};
        episode.start_basis =
            trace->basis + "; the grace period that it holds up began at " + fixed(begun_s, 2) + " s";
    }

    // What the kernel says, what the log shows, and else the middle of the time in which it must have ended.
    void find_end(StallEpisode& episode, const std::vector<Sighting>& sightings) {
        const Sighting& last =
            *std::max_element(sightings.begin(), sightings.end(),
                              [](const Sighting& a, const Sighting& b) { return a.at_s < b.at_s; });
        const double log_end = last_time(*last.event).value_or(last.at_s);
        episode.open = true;
        episode.end_s = log_end;
        episode.end_window = {last.at_s, log_end};
        episode.end_basis = "still going on at the end of the log";
        if (end_as_printed(episode, last)) return;
        const auto due_s = next_due(last, sightings);
        const bool silent = due_s && log_end > *due_s + 1 && !warnings_used_up(episode, *due_s);
        if (silent) {
            episode.open = false;
            episode.end_window = {last.at_s, *due_s};
            episode.end_s = episode.end_window.middle();
            episode.end_basis = "between the last report and the next one, which was due at " + fixed(*due_s, 2) +
                                " s and did not come";
        }
        for (const Sighting& s : sightings) {
            if (s.at_s != last.at_s) continue;
            const auto trace = traces_.after(*s.event, {last.at_s, due_s ? std::min(*due_s, log_end) : log_end});
            if (!trace) continue;
            episode.open = false;
            episode.end_s = trace->at_s;
            episode.end_window = {last.at_s, trace->at_s};
            episode.end_basis = trace->basis;
            return;
        }
    }

    // kernel/rcu/tree_stall.h: "INFO: rcu_preempt ... stall ended before state dump start" and its kin.
    [[nodiscard]] bool end_as_printed(StallEpisode& episode, const Sighting& last) {
        if (!episode.flavor.starts_with("rcu")) return false;
        const std::set<std::pair<int, double>>& ends = printed_ends(last.event->artifact);
        const auto end = ends.lower_bound({episode.boot, last.at_s});
        if (end == ends.end() || end->first != episode.boot) return false;
        episode.open = false;
        episode.end_s = end->second;
        episode.end_window = {last.at_s, episode.end_s};
        episode.end_basis = "as the kernel said";
        return true;
    }

    // Boot and time of each such line of a log.
    const std::set<std::pair<int, double>>& printed_ends(std::size_t artifact) {
        const auto [it, fresh] = printed_ends_.try_emplace(artifact);
        if (!fresh) return it->second;
        for (const Fact& fact : analysis_.artifacts[artifact].scan.facts)
            if (fact.kind == Fact::Kind::stall_ended && fact.time)
                it->second.emplace(fact.boot, seconds(*fact.time));
        return it->second;
    }

    // kernel/hung_task.c looks every hung_task_check_interval_secs, and each look reports the task anew: two
    // reports say how long that is.
    static std::optional<double> next_due(const Sighting& last, const std::vector<Sighting>& sightings) {
        std::optional<double> due_s = last.due_s;
        if (last.flavor != "hung_task" || !due_s) return due_s;
        constexpr double shortest_s = 0.9;  // the interval is in whole seconds
        for (std::size_t i = 1; i < sightings.size(); ++i)
            if (const double between_s = std::abs(sightings[i].at_s - sightings[i - 1].at_s);
                between_s > shortest_s)
                due_s = std::min(*due_s, last.at_s + between_s + 1);
        return due_s;
    }

    // kernel/hung_task.c: hung_task_warnings is 10 unless set, and then there is silence.
    [[nodiscard]] bool warnings_used_up(const StallEpisode& episode, double at_s) {
        constexpr int usual_warnings = 10;
        const std::vector<double>& reports = hung_tasks_[episode.boot];
        const auto before =
            std::count_if(reports.begin(), reports.end(), [&](double each) { return each <= at_s; });
        return episode.flavor == "hung_task" && before >= usual_warnings;
    }

    // A later grace period of the same flavor can only begin when this one is over.
    static void close_by_later(std::vector<StallEpisode>& episodes) {
        std::map<std::pair<std::string, int>, std::vector<StallEpisode*>> of_flavor;
        for (StallEpisode& episode : episodes)
            if (episode.grace_period) of_flavor[{episode.flavor, episode.boot}].push_back(&episode);
        for (auto& [flavor, list] : of_flavor) {
            std::stable_sort(list.begin(), list.end(), [](const StallEpisode* a, const StallEpisode* b) {
                return *a->grace_period > *b->grace_period;
            });
            std::set<std::pair<double, std::int64_t>> later;  // when each must have begun, and its number
            for (StallEpisode* episode : list) {
                // One that began before the last report is of a log that contradicts itself.
                const auto next = later.lower_bound({episode->end_window.from_s, 0});
                if (next != later.end()) close_before(*episode, next->first, next->second);
                if (episode->start_s) later.emplace(episode->start_window.to_s, *episode->grace_period);
            }
        }
    }

    static void close_before(StallEpisode& earlier, double began_s, std::int64_t grace_period) {
        if (earlier.end_s <= began_s) return;
        earlier.open = false;
        earlier.end_window.to_s = began_s;
        earlier.end_s = earlier.end_window.middle();
        earlier.end_basis = "between its last report and " + fixed(began_s, 2) + " s, when grace period " +
                            std::to_string(grace_period) + " began";
    }

    // Of the boot that the event is from.
    [[nodiscard]] std::optional<double> last_time(const EventInfo& event) const {
        const LogScan& scan = analysis_.artifacts[event.artifact].scan;
        const auto boot = static_cast<std::size_t>(event.report.boot);
        const bool earlier = boot < scan.earlier_boots.size();
        const auto last = earlier ? scan.earlier_boots[boot].last : scan.last_time;
        if (!last || *last < *event.report.time || (!earlier && event.report.boot + 1 != scan.boots))
            return std::nullopt;
        return seconds(*last);
    }

    const Analysis& analysis_;
    const CoreInfo& core_;
    Traces traces_;
    GracePeriodWaiters waiters_;
    std::map<std::size_t, std::set<std::pair<int, double>>> printed_ends_;  // by artifact
    std::map<int, std::vector<double>> hung_tasks_;                         // times of the reports, by boot
};

}  // namespace

std::vector<StallEpisode> find_stalls(const Analysis& analysis) {
    std::vector<StallEpisode> out;
    for (const CoreInfo& core : analysis.cores)
        for (StallEpisode& episode : Builder(analysis, core).build()) out.push_back(std::move(episode));
    return out;
}

}  // namespace stallsight
