#include "analysis/json.h"

#include <nlohmann/json.hpp>

#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json optional(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json time_json(const std::optional<Time>& time) {
    return time ? Json(seconds(*time)) : Json(nullptr);
}

Json task_json(const Task& task) {
    return {{"comm", task.comm}, {"pid", optional(task.pid)}};
}

Json frame_json(const Frame& frame, const std::optional<Resolution>* symbol) {
    Json out = {{"function", frame.function},
                {"offset", optional(frame.offset)},
                {"size", optional(frame.size)},
                {"module", frame.module},
                {"address", frame.address ? Json(hex(*frame.address)) : Json(nullptr)},
                {"reliable", frame.reliable}};
    const Resolution* known = symbol != nullptr && symbol->has_value() ? &**symbol : nullptr;
    const bool has_place = known != nullptr && !known->places.empty();
    // The frame itself is the outermost place; those inside it were inlined.
    out["file"] = has_place ? known->places.back().file : frame.file;
    out["line"] = has_place ? known->places.back().line : frame.source_line;
    Json inlined = Json::array();
    if (has_place)
        for (std::size_t i = 0; i + 1 < known->places.size(); ++i)
            inlined.push_back({{"function", known->places[i].function},
                               {"file", known->places[i].file},
                               {"line", known->places[i].line}});
    out["inlined"] = std::move(inlined);
    out["call_site"] = known != nullptr ? Json(std::string(name_of(known->call_site))) : Json(nullptr);
    if (known != nullptr && !known->call_target.empty()) out["call_target"] = known->call_target;
    if (known != nullptr && !known->doubt.empty()) out["doubt"] = known->doubt;
    return out;
}

Json artifacts_json(const Analysis& analysis) {
    Json out = Json::array();
    for (const ArtifactInfo& info : analysis.artifacts) {
        const Artifact& a = info.artifact;
        out.push_back({{"path", a.path},
                       {"kind", std::string(name_of(a.kind))},
                       {"board", a.board},
                       {"core", a.core},
                       {"bytes", a.bytes.size()},
                       {"sha256", optional(info.sha256)},
                       {"truncated", a.truncated}});
        if (a.kind == ArtifactKind::kernel_log) out.back()["lines"] = info.scan.index.lines();
    }
    return out;
}

Json sections_json(const Event& report) {
    Json out = Json::array();
    for (const Section& section : report.sections) {
        Json frames = Json::array();
        for (const Frame& frame : section.frames) frames.push_back(frame_json(frame, nullptr));
        out.push_back({{"title", section.title},
                       {"cpu", optional(section.cpu)},
                       {"task", task_json(section.task)},
                       {"line", section.line},
                       {"line_last", section.line_last},
                       {"frames", std::move(frames)}});
    }
    return out;
}

Json event_json(const Analysis& analysis, const EventInfo& event) {
    const Event& report = event.report;
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    Json frames = Json::array();
    for (std::size_t i = 0; i < report.frames.size(); ++i)
        frames.push_back(frame_json(report.frames[i], i < event.symbols.size() ? &event.symbols[i] : nullptr));
    Json out = {{"id", event.id},
                {"kind", std::string(name_of(report.kind))},
                {"title", event.title},
                {"function", event.guilty.function},
                {"module", event.guilty.module},
                {"time_s", time_json(report.time)},
                {"wall", report.wall},
                {"board", artifact.board},
                {"core", artifact.core},
                {"cpu", optional(report.cpu)},
                {"task", task_json(report.task)},
                {"artifact", artifact.path},
                {"line", report.line},
                {"line_last", report.line_last},
                {"signature", event.signature},
                {"cause_of", event.cause_of},
                {"caused_by", event.caused_by},
                {"guilty", {{"reason", event.guilty.reason}, {"candidates", event.guilty.candidates}}},
                {"frames", std::move(frames)},
                {"sections", sections_json(report)},
                {"fields", report.fields}};
    out["release"] = report.machine.release;
    out["taint"] = report.machine.taint;
    if (report.preempt_count) out["preempt_count"] = hex(*report.preempt_count, 8);
    if (report.preempt_disabled_at) out["preempt_disabled_at"] = frame_json(*report.preempt_disabled_at, nullptr);
    out["partial"] = report.partial;
    if (report.partial) out["partial_reason"] = report.partial_reason;
    if (!event.follows_because.empty()) out["follows_because"] = event.follows_because;
    return out;
}

Json stall_json(const StallEpisode& s) {
    Json doing = Json::object();
    for (const auto& [cpu, who] : s.doing) doing[std::to_string(cpu)] = who;
    Json out = {{"board", s.board},
                {"core", s.core},
                {"cpus", s.cpus},
                {"start_s", optional(s.start_s)},
                {"end_s", s.end_s},
                {"open", s.open},
                {"flavor", s.flavor},
                {"grace_period", optional(s.grace_period)},
                {"events", s.events},
                {"detected_by", optional(s.detected_by)},
                {"doing", std::move(doing)},
                {"end_basis", s.end_basis}};
    if (s.starved_jiffies)
        out["starved"] = {
            {"kthread", s.starved_kthread}, {"jiffies", *s.starved_jiffies}, {"cpu", optional(s.starved_cpu)}};
    return out;
}

Json link_json(const Link& link) {
    return {{"function", link.function}, {"module", link.module},
            {"effect", link.effect},     {"proof", link.proof},
            {"file", link.file},         {"line", link.line},
            {"added", link.added},       {"count_after", hex(link.count_after, 8)},
            {"basis", link.basis},       {"call_site", link.call_site}};
}

Json chain_json(const Chain& chain) {
    Json links = Json::array();
    for (std::size_t i = chain.disabled_link; i <= chain.sleeps_link; ++i)
        links.push_back(link_json(chain.links[i]));
    const Link& guilty = chain.links[chain.guilty_link];
    const Link& slept = chain.links[chain.sleeps_link];
    const PreemptCount& c = chain.count;
    return {
        {"event", chain.event},
        {"disabled_at",
         {{"function", chain.disabled_at.function},
          {"offset", optional(chain.disabled_at.offset)},
          {"size", optional(chain.disabled_at.size)},
          {"module", chain.disabled_at.module}}},
        {"slept_in", {{"function", slept.function}, {"module", slept.module}}},
        {"culprit",
         {{"function", guilty.function}, {"module", guilty.module}, {"file", guilty.file}, {"line", guilty.line}}},
        {"preempt_count",
         {{"raw", hex(c.raw, 8)},
          {"preempt", c.preempt},
          {"softirq", c.softirq},
          {"softirq_disabled", c.softirq_disabled},
          {"serving_softirq", c.serving_softirq},
          {"hardirq", c.hardirq},
          {"nmi", c.nmi},
          {"context", c.context},
          {"by_scheduler", chain.by_scheduler},
          {"unexplained", chain.unexplained},
          {"contradictory", chain.contradictory}}},
        {"links", std::move(links)}};
}

Json torture_json(const TortureInfo& info) {
    const TortureSample& sample = info.sample;
    Json out = {{"board", info.board},
                {"core", info.core},
                {"time_s", time_json(sample.time)},
                {"version", optional(sample.version)},
                {"type", sample.torture_type},
                {"flags", sample.flags},
                {"line", sample.line}};
    for (const auto& [name, value] : sample.counters.items())
        if (!out.contains(name)) out[name] = value;
    return out;
}

std::string_view name_of(TortureSample::Kind kind) {
    switch (kind) {
        case TortureSample::Kind::start:
            return "start";
        case TortureSample::Kind::statistics:
            return "statistics";
        case TortureSample::Kind::fwd_prog_nr:
            return "rcu_torture_fwd_prog_nr";
        case TortureSample::Kind::fwd_prog_cr:
            return "rcu_torture_fwd_prog_cr";
        case TortureSample::Kind::fwd_cb_hist:
            return "rcu_torture_fwd_cb_hist";
        case TortureSample::Kind::end:
            return "end";
        case TortureSample::Kind::other:
            break;
    }
    return "other";
}

Json crash_json(const Analysis& analysis, const CrashInfo& info) {
    Json tasks = Json::array();
    for (const CrashTask& task : info.session.tasks) {
        Json frames = Json::array();
        for (const Frame& frame : task.frames) frames.push_back(frame_json(frame, nullptr));
        tasks.push_back({{"pid", optional(task.task.pid)},
                         {"comm", task.task.comm},
                         {"cpu", optional(task.cpu)},
                         {"state", task.state},
                         {"active", task.active},
                         {"preempt_count", nullptr},
                         {"frames", std::move(frames)}});
    }
    return {{"artifact", analysis.artifacts[info.artifact].artifact.path},
            {"release", info.session.release},
            {"panic", info.session.panic},
            {"cpus", optional(info.session.cpus)},
            {"log_lines", info.session.log_lines},
            {"tasks", std::move(tasks)}};
}

Json hunks_json(const Analysis& analysis) {
    Json out = Json::array();
    for (const PatchHunk& hunk : analysis.patch_hunks)
        out.push_back({{"artifact", analysis.artifacts[hunk.artifact].artifact.path},
                       {"file", hunk.file},
                       {"function", hunk.function},
                       {"line", hunk.hunk.line},
                       {"on_chain", hunk.on_chain},
                       {"event", hunk.event},
                       {"effect", hunk.effect}});
    return out;
}

Json notes_json(const Analysis& analysis) {
    Json out = Json::array();
    for (const ArtifactInfo& info : analysis.artifacts)
        for (const Remark& remark : info.scan.remarks)
            out.push_back({{"artifact", info.artifact.path}, {"line", remark.line}, {"text", remark.text}});
    return out;
}

template <class Range, class Make>
Json array_of(const Range& range, Make make) {
    Json out = Json::array();
    for (const auto& item : range) out.push_back(make(item));
    return out;
}

}  // namespace

std::string to_json(const Analysis& analysis) {
    Json statistics = Json::array();
    Json forward_progress = Json::array();
    for (const TortureInfo& info : analysis.torture) {
        Json sample = torture_json(info);
        if (info.sample.kind == TortureSample::Kind::statistics) {
            statistics.push_back(std::move(sample));
        } else {
            sample["sample"] = std::string(name_of(info.sample.kind));
            forward_progress.push_back(std::move(sample));
        }
    }
    Json out = {
        {"schema", "stallsight.analysis/1"},
        {"artifacts", artifacts_json(analysis)},
        {"events", array_of(analysis.events, [&](const EventInfo& e) { return event_json(analysis, e); })},
        {"clocks",
         array_of(analysis.clocks,
                  [](const CoreClock& c) -> Json {
                      return {{"board", c.board}, {"core", c.core}, {"hz", optional(c.hz)}, {"basis", c.basis}};
                  })},
        {"stalls", array_of(analysis.stalls, stall_json)},
        {"chains", array_of(analysis.chains, chain_json)},
        {"rcutorture", std::move(statistics)},
        {"rcutorture_progress", std::move(forward_progress)},
        {"vmcores", array_of(analysis.crashes, [&](const CrashInfo& c) { return crash_json(analysis, c); })},
        {"diagnoses", array_of(analysis.diagnoses,
                               [](const Diagnosis& d) -> Json {
                                   return {{"rule", d.rule},    {"severity", d.severity}, {"summary", d.summary},
                                           {"aside", d.aside},  {"evidence", d.evidence}, {"why", d.why},
                                           {"advice", d.advice}};
                               })},
        {"patches", hunks_json(analysis)},
        {"remarks", notes_json(analysis)},
        {"missing", array_of(analysis.missing,
                             [](const Missing& m) -> Json {
                                 return {{"module", m.module}, {"frames", m.frames}, {"how", m.how}};
                             })},
        {"problems", array_of(analysis.problems, [](const Error& e) -> Json {
             return {{"path", e.path}, {"place", e.place}, {"what", e.what}};
         })}};
    // Logs hold any bytes; what is not UTF-8 is shown as U+FFFD and never stops the output.
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
