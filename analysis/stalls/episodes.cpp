// Stall reports -> episodes: one a grace period (RCU), one a CPU or task (lockups, hung tasks).
#include <algorithm>

#include "analysis/stalls/held_up.h"
#include "analysis/stalls/samples.h"
#include "analysis/stalls/sighting.h"
#include "analysis/stalls/stalls.h"
#include "analysis/stalls/traces.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr int no_cpu = -1;  // of a blocked task

bool has_cpu(const StallEpisode& episode, int cpu) {
    return std::find(episode.cpus.begin(), episode.cpus.end(), cpu) != episode.cpus.end();
}

void add_cpu(StallEpisode& episode, int cpu) {
    if (!has_cpu(episode, cpu)) episode.cpus.push_back(cpu);
}

void add_cpus(StallEpisode& episode, const Event& report) {
    if (episode.flavor != "hung_task" && !episode.flavor.starts_with("rcu") && report.cpu)
        add_cpu(episode, *report.cpu);
    if (const auto it = report.fields.find("cpus"); it != report.fields.end() && it->is_array())
        for (const auto& entry : *it)
            if (entry.is_object() && entry.contains("cpu") && entry["cpu"].is_number_integer())
                add_cpu(episode, entry["cpu"].get<int>());
}

// What ran on each CPU that the episode is about, and in which function the report found it.
void add_views(StallEpisode& episode, const Sighting& sighting) {
    const Event& report = sighting.event->report;
    const auto add = [&](int cpu, const Task& task, const std::string& function) {
        if (task.comm.empty()) return;
        episode.views.push_back({sighting.event->id, sighting.at_s, cpu, task_words(task), function});
        episode.doing.emplace(cpu, episode.views.back().task);
    };
    if (episode.flavor == "hung_task") return add(no_cpu, report.task, sighting.event->guilty.function);
    if (const auto works = report.fields.find("in_flight"); works != report.fields.end() && works->is_array())
        for (const auto& work : *works)
            add(report.cpu.value_or(no_cpu), {"kworker", work.value("pid", 0)}, work.value("function", ""));
    if (report.cpu && has_cpu(episode, *report.cpu)) add(*report.cpu, report.task, sighting.event->guilty.function);
    for (const Section& section : report.sections)
        if (section.cpu && section.cpu != report.cpu && has_cpu(episode, *section.cpu))
            add(*section.cpu, section.task, {});
}

void add_starved(StallEpisode& episode, const Event& report) {
    const auto it = report.fields.find("starved");
    if (it == report.fields.end() || !it->is_object()) return;
    episode.starved_jiffies = it->value("jiffies", std::int64_t{0});
    episode.starved_kthread = it->value("kthread", std::string());
    if (it->contains("cpu") && (*it)["cpu"].is_number_integer()) episode.starved_cpu = (*it)["cpu"].get<int>();
}

// Same task and function in every report of a CPU; nothing when no CPU was seen twice.
std::optional<bool> agreement(const std::vector<StallView>& views) {
    std::optional<bool> agree;
    for (std::size_t i = 0; i < views.size(); ++i)
        for (std::size_t j = i + 1; j < views.size(); ++j) {
            if (views[i].cpu != views[j].cpu || views[i].at_s == views[j].at_s) continue;
            const bool same = views[i].task == views[j].task && views[i].function == views[j].function;
            agree = agree.value_or(true) && same;
        }
    return agree;
}

// Whom a report is about: reports of the same one may be one episode. Empty: nobody that it names.
std::string subject_of(const Event& report) {
    if (report.kind == EventKind::workqueue_lockup) return report.fields.value("pool", "");
    if (report.task.comm.empty() && report.cpu) return cpus_words({*report.cpu});
    return task_words(report.task);
}

// A core's episodes, each with its reports.
class Builder {
public:
    Builder(const Analysis& analysis, const CoreInfo& core) : analysis_(analysis), core_(core) {}

    std::vector<StallEpisode> build() {
        const auto timeout = stall_timeout_s(analysis_, core_);
        for (const EventInfo& event : analysis_.events) {
            if (!same_core(analysis_, event, core_.board, core_.core)) continue;
            const CoreClock* clock = analysis_.clock_of(core_.board, core_.core, event.report.boot);
            if (auto sighting = sighting_of(event, clock != nullptr ? clock->hz : std::nullopt, timeout))
                take(std::move(*sighting));
        }
        std::vector<StallEpisode> out;
        for (Incident& incident : incidents_) out.push_back(finished(incident));
        for (StallEpisode& episode : out) close_by_later(episode, out);
        std::stable_partition(out.begin(), out.end(),
                              [](const StallEpisode& e) { return e.flavor.starts_with("rcu"); });
        return out;
    }

private:
    struct Incident {
        StallEpisode episode;
        std::string subject;
        std::vector<Sighting> sightings;
    };

    // RCU counts its grace periods; of the others, reports of one task or pool are one episode as long as each says
    // that it lasts since before the last one.
    [[nodiscard]] static bool belongs(const Sighting& sighting, const Incident& incident) {
        const StallEpisode& episode = incident.episode;
        if (episode.boot != sighting.event->report.boot) return false;
        if (episode.flavor.starts_with("rcu") && sighting.flavor.starts_with("rcu"))
            return sighting.grace_period && sighting.grace_period == episode.grace_period &&
                   (episode.flavor == sighting.flavor || episode.flavor == headless_flavor ||
                    sighting.flavor == headless_flavor);
        if (episode.flavor != sighting.flavor) return false;
        const double since = sighting.start ? sighting.start->from_s : sighting.at_s;
        return since <= incident.sightings.back().at_s + 1 && !incident.subject.empty() &&
               incident.subject == subject_of(sighting.event->report);
    }

    void take(Sighting sighting) {
        auto it = std::find_if(incidents_.begin(), incidents_.end(),
                               [&](const Incident& i) { return belongs(sighting, i); });
        if (it == incidents_.end()) {
            it = incidents_.insert(it, Incident{});
            it->subject = subject_of(sighting.event->report);
            it->episode.board = core_.board;
            it->episode.core = core_.core;
            it->episode.flavor = sighting.flavor;
            it->episode.boot = sighting.event->report.boot;
            it->episode.grace_period = sighting.grace_period;
        }
        StallEpisode& episode = it->episode;
        if (episode.flavor == headless_flavor) episode.flavor = sighting.flavor;
        const Event& report = sighting.event->report;
        episode.events.push_back(sighting.event->id);
        add_cpus(episode, report);
        add_views(episode, sighting);
        add_starved(episode, report);
        if (report.fields.contains("detected_by") && report.fields["detected_by"].is_number_integer())
            episode.detected_by = report.fields["detected_by"].get<int>();
        it->sightings.push_back(std::move(sighting));
    }

    StallEpisode finished(Incident& incident) const {
        StallEpisode& episode = incident.episode;
        find_start(episode, incident.sightings);
        find_end(episode, incident.sightings);
        std::stable_sort(episode.views.begin(), episode.views.end(),
                         [](const StallView& a, const StallView& b) { return a.at_s < b.at_s; });
        episode.views_agree = agreement(episode.views);
        episode.held_up = held_up(analysis_, episode);
        return std::move(episode);
    }

    void find_start(StallEpisode& episode, const std::vector<Sighting>& sightings) const {
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
            if (const auto trace = trace_before(analysis_, *s.event, *first->start)) {
                episode.start_s = trace->at_s;
                episode.start_basis = trace->basis;
            }
        }
    }

    // A grace period may have begun while an earlier one still held up the CPU that loops: its module may have said
    // that it starts there.
    void find_start_of_loop(StallEpisode& episode, const Sighting& first) const {
        const double begun_s = *episode.start_s;
        if (episode.cpus.size() != 1 || !first.due_s) return;
        const double before_s = (*first.due_s - first.at_s) / 3;  // the time-out of a warning
        const auto trace =
            trace_before(analysis_, *first.event, {begun_s - before_s, begun_s}, episode.cpus.front());
        if (!trace) return;
        episode.start_s = trace->at_s;
        episode.start_window = {trace->at_s, begun_s};
        episode.start_basis =
            trace->basis + "; the grace period that it holds up began at " + fixed(begun_s, 2) + " s";
    }

    // What the kernel says, what the log shows, and else the middle of the time in which it must have ended.
    void find_end(StallEpisode& episode, const std::vector<Sighting>& sightings) const {
        const Sighting& last =
            *std::max_element(sightings.begin(), sightings.end(),
                              [](const Sighting& a, const Sighting& b) { return a.at_s < b.at_s; });
        const double log_end = last_time(*last.event).value_or(last.at_s);
        episode.open = true;
        episode.end_s = log_end;
        episode.end_window = {last.at_s, log_end};
        episode.end_basis = "still going on at the end of the log";
        if (end_as_printed(episode, last)) return;
        const bool silent = last.due_s && log_end > *last.due_s + 1 && !warnings_used_up(episode);
        if (silent) {
            episode.open = false;
            episode.end_window = {last.at_s, *last.due_s};
            episode.end_s = episode.end_window.middle();
            episode.end_basis = "between the last report and the next one, which was due at " +
                                fixed(*last.due_s, 2) + " s and did not come";
        }
        for (const Sighting& s : sightings) {
            if (s.at_s != last.at_s) continue;
            const auto trace = trace_after(analysis_, *s.event,
                                           {last.at_s, last.due_s ? std::min(*last.due_s, log_end) : log_end});
            if (!trace) continue;
            episode.open = false;
            episode.end_s = trace->at_s;
            episode.end_window = {last.at_s, trace->at_s};
            episode.end_basis = trace->basis;
            return;
        }
    }

    // kernel/rcu/tree_stall.h: "INFO: rcu_preempt ... stall ended before state dump start" and its kin.
    [[nodiscard]] bool end_as_printed(StallEpisode& episode, const Sighting& last) const {
        if (!episode.flavor.starts_with("rcu")) return false;
        for (const Fact& fact : analysis_.artifacts[last.event->artifact].scan.facts) {
            const bool later = fact.kind == Fact::Kind::stall_ended && fact.boot == episode.boot && fact.time &&
                               seconds(*fact.time) >= last.at_s;
            if (!later) continue;
            episode.open = false;
            episode.end_s = seconds(*fact.time);
            episode.end_window = {last.at_s, episode.end_s};
            episode.end_basis = "as the kernel said";
            return true;
        }
        return false;
    }

    // kernel/hung_task.c: hung_task_warnings is 10 unless set, and then there is silence.
    [[nodiscard]] bool warnings_used_up(const StallEpisode& episode) const {
        if (episode.flavor != "hung_task") return false;
        constexpr int usual_warnings = 10;
        const auto count = std::count_if(analysis_.events.begin(), analysis_.events.end(), [&](const EventInfo& e) {
            return e.report.kind == EventKind::hung_task && e.report.boot == episode.boot &&
                   same_core(analysis_, e, core_.board, core_.core);
        });
        return count >= usual_warnings;
    }

    // A later grace period of the same flavor can only begin when this one is over.
    static void close_by_later(StallEpisode& earlier, const std::vector<StallEpisode>& episodes) {
        for (const StallEpisode& later : episodes) {
            const bool next = earlier.flavor == later.flavor && earlier.boot == later.boot && later.start_s &&
                              earlier.grace_period && later.grace_period &&
                              *later.grace_period > *earlier.grace_period;
            const double begun_s = later.start_window.to_s;
            if (!next || earlier.end_s <= begun_s) continue;
            earlier.open = false;
            earlier.end_window.to_s = begun_s;
            earlier.end_s = earlier.end_window.middle();
            earlier.end_basis = "between its last report and " + fixed(begun_s, 2) + " s, when grace period " +
                                std::to_string(*later.grace_period) + " began";
        }
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
    std::vector<Incident> incidents_;
};

}  // namespace

std::vector<StallEpisode> find_stalls(const Analysis& analysis) {
    std::vector<StallEpisode> out;
    for (const CoreInfo& core : analysis.cores)
        for (StallEpisode& episode : Builder(analysis, core).build()) out.push_back(std::move(episode));
    return out;
}

}  // namespace stallsight
