#include "analysis/join.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "parsers/bundle/rotation.h"

namespace stallsight {

namespace {

// Clocks of the CPUs differ a little: the next part may begin a moment before the last one's end.
constexpr Time out_of_order = std::chrono::seconds(10);

bool goes_on(const LogScan& before, const LogScan& after) {
    const auto& begin = after.earlier_boots.empty() ? after.first_time : after.earlier_boots.front().first;
    return !before.last_time || !begin || *begin + out_of_order >= *before.last_time;
}

void shift_boots(Analysis& analysis, std::size_t artifact, int by) {
    if (by == 0) return;
    for (EventInfo& event : analysis.events)
        if (event.artifact == artifact) event.report.boot += by;
    for (TortureInfo& torture : analysis.torture)
        if (torture.artifact == artifact) torture.sample.boot += by;
    for (Fact& fact : analysis.artifacts[artifact].scan.facts) fact.boot += by;
}

// The rest of a report with which a log begins: named by what is in it, or not.
struct Rest {
    Event report;
    std::vector<EventInfo>::iterator event;  // end(): no report of its own
};

std::optional<Rest> rest_at_start_of(Analysis& analysis, std::size_t artifact) {
    auto& events = analysis.events;
    if (const auto& rest = analysis.artifacts[artifact].scan.leading_rest) return Rest{*rest, events.end()};
    const auto first =
        std::find_if(events.begin(), events.end(), [&](const EventInfo& e) { return e.artifact == artifact; });
    if (first == events.end() || !first->report.fields.contains("headless") ||
        first->report.partial_reason != "the log begins inside it")
        return std::nullopt;
    return Rest{first->report, first};
}

// Puts the second half of a report, which stands at the start of the next part, behind its first half.
void join_halves(Analysis& analysis, std::size_t before, std::size_t after) {
    auto& events = analysis.events;
    const auto head =
        std::find_if(events.rbegin(), events.rend(), [&](const EventInfo& e) { return e.artifact == before; });
    if (head == events.rend() || !head->report.partial || !head->report.partial_reason.starts_with("the log ends"))
        return;
    Event& first = head->report;
    const auto rest = rest_at_start_of(analysis, after);
    if (!rest) return;
    for (const Frame& frame : rest->report.frames) {
        first.frames.push_back(frame);
        first.frames.back().line = 0;  // of the other file
    }
    first.fields["goes_on_in"] = {{"artifact", analysis.artifacts[after].artifact.path},
                                  {"line", rest->report.line},
                                  {"line_last", rest->report.line_last}};
    first.partial = false;
    first.partial_reason.clear();
    if (rest->event != events.end()) events.erase(rest->event);
}

// The clock's microseconds and the words of the first line: no two reports of one core share both.
using Identity = std::tuple<std::string, std::string, EventKind, Time, std::string>;

bool is_better(const Event& a, const Event& b) {
    if (a.partial != b.partial) return !a.partial;
    return a.frames.size() > b.frames.size();
}

void note_copy(Analysis& analysis, EventInfo& kept, const EventInfo& copy) {
    if (kept.artifact == copy.artifact) return;
    if (copy.report.fields.contains("copies_in"))
        for (const Fields& place : copy.report.fields["copies_in"])
            kept.report.fields["copies_in"].push_back(place);
    kept.report.fields["copies_in"].push_back(
        {{"artifact", analysis.artifacts[copy.artifact].artifact.path}, {"line", copy.report.line}});
}

void fold_events(Analysis& analysis) {
    std::map<Identity, std::size_t> seen;
    std::vector<EventInfo> kept;
    for (EventInfo& event : analysis.events) {
        const Artifact& a = analysis.artifacts[event.artifact].artifact;
        const Event& report = event.report;
        // At the start of the clock all boots look alike.
        if (!report.time || *report.time < std::chrono::seconds(1)) {
            kept.push_back(std::move(event));
            continue;
        }
        const auto [place, fresh] =
            seen.try_emplace({a.board, a.core, report.kind, *report.time, report.headline}, kept.size());
        if (fresh || kept[place->second].artifact == event.artifact) {
            kept.push_back(std::move(event));
            continue;
        }
        EventInfo& other = kept[place->second];
        if (is_better(report, other.report)) std::swap(other, event);
        note_copy(analysis, other, event);
    }
    analysis.events = std::move(kept);
}

void fold_torture(Analysis& analysis) {
    using Sample = std::tuple<std::string, std::string, int, Time, std::string, std::int64_t>;
    std::map<Sample, std::size_t> seen;  // -> the artifact that holds it
    std::erase_if(analysis.torture, [&](const TortureInfo& info) {
        const TortureSample& s = info.sample;
        if (!s.time) return false;
        const auto [place, fresh] = seen.try_emplace(
            {info.board, info.core, static_cast<int>(s.kind), *s.time, s.torture_type, s.version.value_or(-1)},
            info.artifact);
        return !fresh && place->second != info.artifact;
    });
}

}  // namespace

void join_rotated_logs(Analysis& analysis) {
    std::map<std::string, std::vector<std::size_t>> logs;
    for (std::size_t i = 0; i < analysis.artifacts.size(); ++i) {
        const Artifact& artifact = analysis.artifacts[i].artifact;
        if (artifact.kind == ArtifactKind::kernel_log) logs[rotation_of(artifact.path).log].push_back(i);
    }
    for (const auto& [log, parts] : logs) {
        int boot = 0;
        for (std::size_t k = 1; k < parts.size(); ++k) {
            const LogScan& before = analysis.artifacts[parts[k - 1]].scan;
            const bool on = goes_on(before, analysis.artifacts[parts[k]].scan);
            boot += before.boots - 1 + (on ? 0 : 1);
            shift_boots(analysis, parts[k], boot);
            if (on) join_halves(analysis, parts[k - 1], parts[k]);
        }
    }
}

void fold_copies_across_files(Analysis& analysis) {
    fold_events(analysis);
    fold_torture(analysis);
}

}  // namespace stallsight
