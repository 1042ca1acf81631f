#include "analysis/stalls/incidents.h"

#include <algorithm>

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

// Empty: the report stands alone. RCU numbers its grace periods; the others are told apart by their task.
std::string key_of(const StallEpisode& episode, const std::string& task) {
    const std::string boot = std::to_string(episode.boot) + " ";
    if (!is_rcu(episode.flavor)) return task.empty() ? task : boot + episode.flavor + " " + task;
    return episode.grace_period ? boot + "rcu " + std::to_string(*episode.grace_period) : std::string();
}

// Of two with one key. Reports of one task are one episode as long as each says that it lasts since before the last
// one.
bool belongs(const Sighting& sighting, const std::string& task, const Incident& incident) {
    const StallEpisode& episode = incident.episode;
    if (is_rcu(episode.flavor))
        return episode.flavor == sighting.flavor || episode.flavor == headless_flavor ||
               sighting.flavor == headless_flavor;
    const double since = sighting.start ? sighting.start->from_s : sighting.at_s;
    return since <= incident.sightings.back().at_s + 1 && !episode.doing.empty() &&
           episode.doing.begin()->second == task;
}

}  // namespace

void Incidents::take(Sighting sighting) {
    const Event& report = sighting.event->report;
    Incident fresh;
    fresh.episode.board = core_.board;
    fresh.episode.core = core_.core;
    fresh.episode.flavor = sighting.flavor;
    fresh.episode.boot = report.boot;
    fresh.episode.grace_period = sighting.grace_period;
    const std::string task = task_words(report.task);
    const std::string key = key_of(fresh.episode, task);

    const std::vector<std::size_t>& listed = by_key_[key];
    const auto from = listed.end() - std::min(latest, std::ssize(listed));
    const auto known =
        std::find_if(from, listed.end(), [&](std::size_t i) { return belongs(sighting, task, incidents_[i]); });
    const std::size_t number = known == listed.end() ? incidents_.size() : *known;
    if (number == incidents_.size()) incidents_.push_back(std::move(fresh));
    StallEpisode& episode = incidents_[number].episode;
    if (episode.flavor == headless_flavor) episode.flavor = sighting.flavor;
    episode.events.push_back(sighting.event->id);
    add_cpus(episode, report);
    add_views(episode, sighting);
    add_starved(episode, report);
    if (report.fields.contains("detected_by") && report.fields["detected_by"].is_number_integer())
        episode.detected_by = report.fields["detected_by"].get<int>();
    incidents_[number].sightings.push_back(std::move(sighting));
    // A view of another CPU may have changed whose episode this is.
    list(key_of(episode, episode.doing.empty() ? std::string() : episode.doing.begin()->second), number);
}

void Incidents::list(const std::string& key, std::size_t incident) {
    if (key.empty()) return;
    std::vector<std::size_t>& listed = by_key_[key];
    const auto at = std::lower_bound(listed.begin(), listed.end(), incident);
    if (at == listed.end() || *at != incident) listed.insert(at, incident);
}

}  // namespace stallsight
