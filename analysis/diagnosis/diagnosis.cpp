#include "analysis/diagnosis/diagnosis.h"

#include <algorithm>
#include <map>

#include "analysis/chain/chain.h"
#include "analysis/chain/preempt_count.h"
#include "analysis/diagnosis/advice.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

std::string source_place(const EventInfo& event, std::size_t frame) {
    if (frame >= event.symbols.size() || !event.symbols[frame] || event.symbols[frame]->places.empty()) return {};
    const SourcePlace& place = event.symbols[frame]->places.front();
    if (place.file.empty()) return {};
    const std::size_t slash = place.file.rfind('/');
    return place.file.substr(slash == std::string::npos ? 0 : slash + 1) + ":" + std::to_string(place.line);
}

std::string who_and_where(const Analysis& analysis, const EventInfo& event) {
    std::vector<std::string> parts;
    if (event.report.task.pid) parts.push_back("pid " + std::to_string(*event.report.task.pid));
    const std::string place = place_words(analysis.artifacts[event.artifact].artifact);
    if (!place.empty()) parts.push_back(place);
    if (event.report.cpu) parts.push_back("CPU " + std::to_string(*event.report.cpu));
    std::string out = event.report.task.comm.empty() ? "A task" : event.report.task.comm;
    if (parts.empty()) return out;
    out += " (";
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? ", " : "") + parts[i];
    return out + ")";
}

// Neither a consequence of another report, nor set aside by the engineer.
bool stands_for_itself(const EventInfo& event) {
    return event.caused_by.empty() && event.set_aside.empty();
}

class Diagnoser {
public:
    explicit Diagnoser(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<Diagnosis> run() {
        atomic_sleeps();
        stalls();
        other_reports();
        torture();
        set_aside();
        if (out_.empty()) nothing_found();
        std::stable_sort(out_.begin(), out_.end(), [](const Diagnosis& a, const Diagnosis& b) {
            return rank(a.severity) < rank(b.severity);
        });
        add_aside();
        return std::move(out_);
    }

private:
    static int rank(const std::string& severity) {
        if (severity == "cause") return 0;
        if (severity == "stall") return 1;
        if (severity == "report") return 2;
        return 3;
    }

    // Reports of one function that calls the same sleeping one are one defect, however often it was printed: the
    // one that says most speaks for all.
    void atomic_sleeps() {
        std::map<std::string, std::vector<const Chain*>> defects;
        std::vector<std::string> order;
        for (const Chain& chain : analysis_.chains) {
            const EventInfo* event = analysis_.event(chain.event);
            if (event == nullptr || !stands_for_itself(*event)) continue;
            const std::string key = event->guilty.function + "/" + chain.links[chain.sleeps_link].function;
            if (defects[key].empty()) order.push_back(key);
            defects[key].push_back(&chain);
        }
        for (const std::string& key : order) out_.push_back(atomic_sleep(defects[key]));
    }

    [[nodiscard]] Diagnosis atomic_sleep(const std::vector<const Chain*>& chains) const {
        auto weight = [&](const Chain* chain) {
            const EventInfo* event = analysis_.event(chain->event);
            return (event->report.fields.value("subtype", "") == "scheduling_while_atomic" ? 2 : 0) +
                   (chain->unexplained == 0 && !chain->contradictory ? 1 : 0);
        };
        const Chain* speaker = *std::max_element(
            chains.begin(), chains.end(), [&](const Chain* a, const Chain* b) { return weight(a) < weight(b); });
        Diagnosis d = atomic_sleep(*analysis_.event(speaker->event), *speaker);
        for (const Chain* chain : chains)
            if (chain != speaker) d.evidence.push_back(chain->event);
        if (chains.size() > 1) d.summary += " It is reported " + std::to_string(chains.size()) + " times.";
        return d;
    }

    Diagnosis atomic_sleep(const EventInfo& event, const Chain& chain) const {
        const Link& slept = chain.links[chain.sleeps_link];
        const Link& guilty = chain.links[chain.guilty_link];
        Diagnosis d;
        d.rule = "sleep_in_atomic";
        d.severity = "cause";
        d.evidence = {event.id};
        d.summary = who_and_where(analysis_, event) + " " + sleep_words(event, chain) + ". " +
                    qualified_name(guilty.function, guilty.module) + " " + action_of(slept.function);
        const std::string place = source_place(event, guilty.frame);
        d.summary += place.empty() ? "." : ", " + place + ".";
        d.why = why(event, chain);
        d.advice = advice_for_sleep(chain, analysis_.patch_hunks);
        return d;
    }

    [[nodiscard]] std::vector<std::string> why(const EventInfo& event, const Chain& chain) const {
        std::vector<std::string> steps;
        const Event& report = event.report;
        steps.push_back(evidence_place(analysis_, event) + ": the kernel printed \"" + report.headline + "\".");
        steps.push_back("preempt_count " + hex(chain.count.raw, 8) + " is " + preempt_words(chain.count) + ": " +
                        chain.count.context + ".");
        if (report.preempt_disabled_at)
            steps.push_back(evidence_place(analysis_, event, report.preempt_disabled_at->line) +
                            ": preemption was disabled at " + report.preempt_disabled_at->function + ".");
        for (const Link& link : chain.links)
            if (link.added > 0)
                steps.push_back(link.function + " adds " + hex(static_cast<unsigned>(link.added)) + ": " +
                                link.effect + " (" + link.proof + ", " + link.basis + ").");
        if (chain.by_scheduler > 0)
            steps.push_back("schedule() itself adds 1 before it looks (kernel/sched/core.c).");
        steps.push_back(chain.contradictory      ? "The sum is contradictory: more than was printed."
                        : chain.unexplained == 0 ? "The sum is the printed count: nothing is left unexplained."
                                                 : hex(static_cast<unsigned>(chain.unexplained)) +
                                                       " of the printed count is not explained by these frames.");
        steps.push_back(qualified_name(event.guilty.function, event.guilty.module) +
                        " is blamed: " + event.guilty.reason + ".");
        for (const std::string& id : event.cause_of)
            if (const EventInfo* later = analysis_.event(id); later != nullptr)
                steps.push_back(evidence_place(analysis_, *later) + ": " + later->title +
                                " follows from it: " + later->follows_because + ".");
        return steps;
    }

    void stalls() {
        for (const StallEpisode& episode : analysis_.stalls) {
            const EventInfo* event = analysis_.event(episode.events.front());
            if (event == nullptr || !stands_for_itself(*event)) continue;
            out_.push_back(stall(episode, *event));
        }
    }

    Diagnosis stall(const StallEpisode& episode, const EventInfo& event) const {
        Diagnosis d;
        d.rule = episode.flavor.starts_with("rcu") ? "rcu_stall" : episode.flavor;
        d.severity = "stall";
        d.evidence = episode.events;
        d.summary = stall_words(episode, event);
        d.why = stall_why(episode, event);
        d.advice = advice_for_stall(episode);
        return d;
    }

    [[nodiscard]] std::string stall_words(const StallEpisode& episode, const EventInfo& event) const {
        const std::string place = place_words(analysis_.artifacts[event.artifact].artifact);
        std::string out = place.empty() ? "" : "On " + place + ", ";
        const std::string length =
            episode.start_s ? " for " + duration_words(episode.end_s - *episode.start_s) : std::string();
        if (episode.flavor == "hung_task") {
            const auto& doing = episode.doing;
            out += (doing.empty() ? "a task" : doing.begin()->second) + " was blocked" + length + " in " +
                   event.guilty.function + ".";
            return out;
        }
        const bool rcu = episode.flavor.starts_with("rcu");
        if (episode.cpus.empty())
            out += "tasks";
        else
            out += cpus_words(episode.cpus);
        if (rcu)
            out += (episode.open ? " have held up RCU" : " held up RCU") + length;
        else
            out += episode.open ? " have been stuck" + length : " was stuck" + length;
        if (rcu && episode.start_s)
            out += (episode.open ? ", still at the end of the log, since " : ", from ") +
                   fixed(*episode.start_s, 2) + " s of uptime";
        std::vector<std::string> doing;
        for (const auto& [cpu, who] : episode.doing)
            if (cpu >= 0) doing.push_back("CPU " + std::to_string(cpu) + " ran " + who);
        if (!doing.empty()) out += "; " + joined(doing);
        return out + ".";
    }

    [[nodiscard]] std::vector<std::string> stall_why(const StallEpisode& episode, const EventInfo& event) const {
        std::vector<std::string> steps;
        steps.push_back(evidence_place(analysis_, event) + ": the kernel printed \"" + event.report.headline +
                        "\".");
        const CoreClock* clock = analysis_.clock_of(episode.board, episode.core);
        if (clock != nullptr && episode.flavor.starts_with("rcu"))
            steps.push_back((clock->hz ? "HZ is " + std::to_string(*clock->hz) + ": " : std::string("HZ ")) +
                            clock->basis + ".");
        if (episode.open)
            steps.push_back("It was still going on at " + fixed(episode.end_s, 2) + " s, where the log ends.");
        else if (!episode.end_basis.empty())
            steps.push_back("It ended at " + fixed(episode.end_s, 2) + " s, " + episode.end_basis + ".");
        if (episode.starved_jiffies)
            steps.push_back("The grace-period kthread " + episode.starved_kthread + " did not run for " +
                            grouped(*episode.starved_jiffies) + " jiffies" +
                            (episode.starved_cpu ? " (CPU " + std::to_string(*episode.starved_cpu) + ")." : "."));
        return steps;
    }

    void other_reports() {
        std::map<std::string, std::size_t> seen;
        for (const EventInfo& event : analysis_.events) {
            if (!stands_for_itself(event) || told(event)) continue;
            if (const auto it = seen.find(event.signature); it != seen.end()) {
                out_[it->second].evidence.push_back(event.id);
                continue;
            }
            seen[event.signature] = out_.size();
            Diagnosis d;
            d.rule = std::string(name_of(event.report.kind));
            d.severity = "report";
            d.evidence = {event.id};
            const std::string place = place_words(analysis_.artifacts[event.artifact].artifact);
            d.summary = (place.empty() ? "" : "On " + place + ": ") + event.title + ".";
            d.why = {evidence_place(analysis_, event) + ": the kernel printed \"" + event.report.headline + "\"."};
            if (!event.guilty.reason.empty())
                d.why.push_back(qualified_name(event.guilty.function, event.guilty.module) +
                                " is blamed: " + event.guilty.reason + ".");
            out_.push_back(std::move(d));
        }
    }

    [[nodiscard]] bool told(const EventInfo& event) const {
        return std::any_of(out_.begin(), out_.end(), [&](const Diagnosis& d) {
            return std::find(d.evidence.begin(), d.evidence.end(), event.id) != d.evidence.end();
        });
    }

    void torture() {
        for (const CoreInfo& core : analysis_.cores) {
            std::vector<const TortureInfo*> samples;
            for (const TortureInfo& info : analysis_.torture)
                if (info.board == core.board && info.core == core.core &&
                    info.sample.kind == TortureSample::Kind::statistics)
                    samples.push_back(&info);
            if (!samples.empty()) out_.push_back(torture_of(core, samples));
        }
    }

    static Diagnosis torture_of(const CoreInfo& core, const std::vector<const TortureInfo*>& samples) {
        const TortureSample& first = samples.front()->sample;
        const TortureSample& last = samples.back()->sample;
        const auto flagged = static_cast<std::size_t>(std::count_if(
            samples.begin(), samples.end(), [](const TortureInfo* t) { return !t->sample.flags.empty(); }));
        Diagnosis d;
        d.rule = "rcutorture";
        d.severity = flagged > 0 ? "report" : "info";
        const std::string place = core.board.empty() ? "" : " on " + core.board + " " + core.core;
        d.summary = "rcutorture" + place + ": ";
        d.summary += flagged > 0 ? counted(flagged, "sample") + " of " + std::to_string(samples.size()) +
                                       " with an error flag"
                                 : "no failure in " + counted(samples.size(), "sample");
        if (const auto rate = versions_per_second(first, last))
            d.summary += ", " + fixed(*rate, 0) + " versions a second";
        d.summary += ".";
        return d;
    }

    void set_aside() {
        Diagnosis d;
        d.rule = "set_aside";
        d.severity = "info";
        for (const EventInfo& event : analysis_.events) {
            if (event.set_aside.empty()) continue;
            d.evidence.push_back(event.id);
            const std::string step = event.title + ": " + event.set_aside + ".";
            if (std::find(d.why.begin(), d.why.end(), step) == d.why.end()) d.why.push_back(step);
        }
        if (d.evidence.empty()) return;
        d.summary = counted(d.evidence.size(), "report") +
                    (d.evidence.size() == 1 ? " was set aside by you." : " were set aside by you.");
        out_.push_back(std::move(d));
    }

    void nothing_found() {
        std::size_t logs = 0;
        for (const ArtifactInfo& info : analysis_.artifacts)
            logs += info.artifact.kind == ArtifactKind::kernel_log ? 1 : 0;
        Diagnosis d;
        d.rule = "no_report";
        d.severity = "info";
        if (!analysis_.crashes.empty())
            d.summary = "A saved crash session, and no kernel report in " + counted(logs, "log") + ".";
        else
            d.summary =
                logs == 0 ? "No kernel log in this bundle." : "No kernel report in " + counted(logs, "log") + ".";
        out_.push_back(std::move(d));
    }

    // What stands beside the answer, and whether these logs tie it to it.
    void add_aside() {
        Diagnosis& answer = out_.front();
        std::vector<std::string> parts;
        if (answer.severity == "cause") {
            std::size_t follows = 0;
            for (const std::string& id : answer.evidence)
                if (const EventInfo* e = analysis_.event(id); e != nullptr) follows += e->cause_of.size();
            if (follows > 0)
                parts.push_back(counted(follows, "report") +
                                (follows == 1 ? " follows from it." : " follow from it."));
        }
        for (std::size_t i = 1; i < out_.size() && parts.size() < 3; ++i) {
            if (out_[i].severity != "stall" && out_[i].severity != "cause") continue;
            std::string text = out_[i].summary;
            if (text.ends_with('.')) text.pop_back();
            if (const std::size_t semicolon = text.find("; "); semicolon != std::string::npos)
                text.resize(semicolon);
            parts.push_back(text + ": not tied to it by these logs.");
        }
        for (const std::string& part : parts) answer.aside += (answer.aside.empty() ? "" : " ") + part;
    }

    const Analysis& analysis_;
    std::vector<Diagnosis> out_;
};

}  // namespace

std::string place_words(const Artifact& artifact) {
    if (artifact.board.empty()) return artifact.core;
    return artifact.core.empty() ? artifact.board : artifact.board + " " + artifact.core;
}

std::string evidence_place(const Analysis& analysis, const EventInfo& event, std::uint64_t line) {
    return analysis.artifacts[event.artifact].artifact.path + ":" +
           std::to_string(line == 0 ? event.report.line : line);
}

std::vector<Diagnosis> diagnose(const Analysis& analysis) {
    return Diagnoser(analysis).run();
}

}  // namespace stallsight
