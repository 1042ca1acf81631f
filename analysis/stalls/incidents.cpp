#include "analysis/stalls/incidents.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr int no_cpu = -1;  // of a blocked task
// A task may have had thousands of stalls; which one a report goes on with is found among the latest.
constexpr std::ptrdiff_t latest = 16;

bool is_rcu(std::string_view flavor) {
    return flavor.starts_with("rcu");
}

bool has_cpu(const StallEpisode& episode, int cpu) {
    return std::find(episode.cpus.begin(), episode.cpus.end(), cpu) != episode.cpus.end();
}

void add_cpu(StallEpisode& episode, int cpu) {
    if (!has_cpu(episode, cpu)) episode.cpus.push_back(cpu);
}

void add_cpus(StallEpisode& episode, const Event& report) {
    if (episode.flavor != "hung_task" && !is_rcu(episode.flavor) && report.cpu) add_cpu(episode, *report.cpu);
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

// Whom a report is about: reports of the same one may be one episode. Empty: nobody that it names.
std::string subject_of(const Event& report) {
    if (report.kind == EventKind::workqueue_lockup) return report.fields.value("pool", "");
    if (report.task.comm.empty() && report.cpu) return cpus_words({*report.cpu});
    return task_words(report.task);
}

// Empty: the report stands alone. RCU numbers its grace periods; the others are told apart by their subject.
std::string key_of(const Sighting& sighting) {
    const Event& report = sighting.event->report;
    const std::string boot = std::to_string(report.boot) + " ";
    if (is_rcu(sighting.flavor))
        return sighting.grace_period ? boot + "rcu " + std::to_string(*sighting.grace_period) : std::string();
    const std::string subject = subject_of(report);
    return subject.empty() ? subject : boot + sighting.flavor + " " + subject;
}

// Of two with one key. Reports of one task or pool are one episode as long as each says that it lasts since before
// the last one.
bool belongs(const Sighting& sighting, const Incident& incident) {
    const StallEpisode& episode = incident.episode;
    if (is_rcu(episode.flavor))
        return episode.flavor == sighting.flavor || episode.flavor == headless_flavor ||
               sighting.flavor == headless_flavor;
    const double since = sighting.start ? sighting.start->from_s : sighting.at_s;
    return since <= incident.sightings.back().at_s + 1;
}

}  // namespace

void Incidents::take(Sighting sighting) {
    Incident& incident = incident_of(sighting);
    StallEpisode& episode = incident.episode;
    const Event& report = sighting.event->report;
    if (episode.flavor == headless_flavor) episode.flavor = sighting.flavor;
    episode.events.push_back(sighting.event->id);
    add_cpus(episode, report);
    add_views(episode, sighting);
    add_starved(episode, report);
    if (report.fields.contains("detected_by") && report.fields["detected_by"].is_number_integer())
        episode.detected_by = report.fields["detected_by"].get<int>();
    incident.sightings.push_back(std::move(sighting));
}

Incident& Incidents::incident_of(const Sighting& sighting) {
    const std::string key = key_of(sighting);
    std::vector<std::size_t>& listed = by_key_[key];
    const auto from = listed.end() - std::min(latest, std::ssize(listed));
    const auto known =
        std::find_if(from, listed.end(), [&](std::size_t i) { return belongs(sighting, incidents_[i]); });
    if (known != listed.end()) return incidents_[*known];
    if (!key.empty()) listed.push_back(incidents_.size());
    StallEpisode& fresh = incidents_.emplace_back().episode;
    fresh.board = core_.board;
    fresh.core = core_.core;
    fresh.flavor = sighting.flavor;
    fresh.boot = sighting.event->report.boot;
    fresh.grace_period = sighting.grace_period;
    return incidents_.back();
}

}  // namespace stallsight
