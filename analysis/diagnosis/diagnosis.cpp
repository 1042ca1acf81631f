#include "analysis/diagnosis/diagnosis.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/diagnosis/defects.h"
#include "analysis/diagnosis/memory.h"
#include "analysis/diagnosis/rules.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/diagnosis/stall_sentences.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

class Diagnoser {
public:
    explicit Diagnoser(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<Diagnosis> run() {
        out_ = diagnose_defects(analysis_);
        for (Diagnosis& d : diagnose_stalls(analysis_)) out_.push_back(std::move(d));
        for (Diagnosis& d : diagnose_memory(analysis_)) out_.push_back(std::move(d));
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

    void other_reports() {
        const auto named = told();
        std::map<std::string, std::size_t> seen;
        for (const EventInfo& event : analysis_.events) {
            if (!stands_for_itself(event) || named.contains(event.id)) continue;
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
            d.why = {headline_step(analysis_, event)};
            if (!event.guilty.reason.empty()) d.why.push_back(blame_step(event));
            if (const AdviceRule* rule = advice_rule({analysis_, event})) {
                d.advice_rule = rule->name;
                d.advice = rule->advice;
                d.reference = rule->reference;
            }
            out_.push_back(std::move(d));
        }
    }

    // The reports that a diagnosis names already.
    [[nodiscard]] std::set<std::string, std::less<>> told() const {
        std::set<std::string, std::less<>> out;
        for (const Diagnosis& d : out_) out.insert(d.evidence.begin(), d.evidence.end());
        return out;
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

    Diagnosis torture_of(const CoreInfo& core, const std::vector<const TortureInfo*>& samples) {
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
        add_stop(d, core);
        return d;
    }

    void add_stop(Diagnosis& d, const CoreInfo& core) const {
        const auto stop = torture_stop(analysis_, core);
        if (!stop) return;
        d.severity = "report";
        d.summary += " It " + stop_words(*stop) + ".";
        d.why.push_back(analysis_.artifacts[stop->artifact].artifact.path + ":" + std::to_string(stop->line) +
                        ": " + stop->why + "; before, " + fixed(stop->versions_per_s, 0) + " versions a second.");
        for (const StallEpisode& stall : analysis_.stalls)
            if (stall.board == core.board && stall.core == core.core && stall.start_s &&
                *stall.start_s <= stop->when.to_s && stall.end_s >= stop->when.from_s)
                d.why.push_back(stall_words(analysis_, stall) + " at that time.");
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
        std::size_t logs = 0, unread = 0;
        for (const ArtifactInfo& info : analysis_.artifacts)
            if (info.artifact.kind == ArtifactKind::kernel_log) ++(info.scan.index.lines() > 0 ? logs : unread);
        for (const CrashInfo& crash : analysis_.crashes) logs += crash.state.log.empty() ? 0 : 1;
        Diagnosis d;
        d.rule = "no_report";
        d.severity = "info";
        if (!analysis_.crashes.empty())
            d.summary = crash_words() + (logs == 0 ? ", and no log that could be read."
                                                   : ", and no kernel report in " + counted(logs, "log") + ".");
        else if (logs > 0)
            d.summary = "No kernel report in " + counted(logs, "log") + ".";
        else if (unread == 0)
            d.summary = "No kernel log in this bundle.";
        if (unread > 0)
            d.summary += (d.summary.empty() ? "" : " ") + counted(unread, "log") + " could not be read.";
        out_.push_back(std::move(d));
    }

    [[nodiscard]] std::string crash_words() const {
        const auto is_dump = [&](const CrashInfo& crash) {
            return analysis_.artifacts[crash.artifact].artifact.kind == ArtifactKind::vmcore;
        };
        const auto& crashes = analysis_.crashes;
        return std::any_of(crashes.begin(), crashes.end(), is_dump) ? "A memory dump" : "A saved crash session";
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
            for (const StallEpisode& stall : analysis_.stalls)
                if (std::find(answer.evidence.begin(), answer.evidence.end(), stall.caused_by) !=
                    answer.evidence.end())
                    parts.push_back(stall_words(analysis_, stall) + " because of it: " + stall.tie + ".");
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

std::vector<Diagnosis> diagnose(const Analysis& analysis) {
    return Diagnoser(analysis).run();
}

}  // namespace stallsight
