#include "analysis/json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/json_parts.h"
#include "analysis/json_stream.h"
#include "analysis/torture.h"
#include "analysis/words.h"
#include "base/parallel.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

// A sample's counters do not overwrite what it says of itself.
constexpr std::array<std::string_view, 7> own_torture_keys = {"board", "core",  "time_s", "version",
                                                              "type",  "flags", "line"};

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
        if (info.scan.timed_by_wall) out.back()["timed_by_wall"] = true;
    }
    return out;
}

void write_torture(JsonStream& out, const TortureInfo& info, std::string_view kind = {}) {
    const TortureSample& sample = info.sample;
    out.begin_object();
    out.member("board", info.board);
    out.member("core", info.core);
    out.member("time_s", seconds_of(sample.time));
    out.member("version", sample.version);
    out.member("type", sample.torture_type);
    out.member("flags", sample.flags);
    out.member("line", sample.line);
    for (const auto& [name, value] : sample.counters.items()) {
        if (std::find(own_torture_keys.begin(), own_torture_keys.end(), name) == own_torture_keys.end())
            out.member(name, value);
    }
    if (!kind.empty()) out.member("sample", kind);
    out.end_object();
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

void write_diagnosis(JsonStream& out, const Diagnosis& d) {
    out.begin_object();
    out.member("rule", d.rule);
    out.member("severity", d.severity);
    out.member("summary", d.summary);
    out.member("aside", d.aside);
    out.member("evidence", d.evidence);
    out.member("why", d.why);
    out.member("advice", d.advice);
    out.member("advice_rule", d.advice_rule);
    out.member("reference", d.reference);
    out.end_object();
}

Json clock_json(const CoreClock& c) {
    Json findings = Json::array();
    for (const HzFinding& f : c.findings)
        findings.push_back({{"hz", f.hz}, {"confidence", std::string(name_of(f.confidence))}, {"basis", f.basis}});
    const bool known = !c.findings.empty();
    return {{"board", c.board},
            {"core", c.core},
            {"boot", c.boot},
            {"hz", optional(c.hz)},
            {"basis", c.basis},
            {"confidence", known ? Json(std::string(name_of(c.findings.front().confidence))) : Json(nullptr)},
            {"findings", std::move(findings)},
            {"contradiction", c.contradiction}};
}

Json offset_json(const ClockOffset& o) {
    const bool known = o.contradiction.empty();
    return {{"board", o.board},
            {"core", o.core},
            {"offset_s", known ? Json(o.offset_s) : Json(nullptr)},
            {"error_s", known ? Json(o.error_s) : Json(nullptr)},
            {"basis", o.basis},
            {"contradiction", o.contradiction}};
}

Json stop_json(const Analysis& analysis, const TortureStop& stop) {
    return {{"board", stop.board},
            {"core", stop.core},
            {"from_s", stop.when.from_s},
            {"to_s", stop.when.to_s},
            {"versions_per_s_before", stop.versions_per_s},
            {"artifact", analysis.artifacts[stop.artifact].artifact.path},
            {"line", stop.line},
            {"why", stop.why}};
}

Json module_json(const Analysis& analysis, const ModuleInfo& m) {
    return {{"board", m.board},
            {"core", m.core},
            {"name", m.name},
            {"taint", m.taint},
            {"version", m.version},
            {"srcversion", m.srcversion},
            {"vermagic", m.vermagic},
            {"artifact", m.artifact ? Json(analysis.artifacts[*m.artifact].artifact.path) : Json(nullptr)},
            {"line", m.line}};
}

Json missing_json(const Missing& m) {
    return {{"module", m.module}, {"frames", m.frames}, {"how", m.how}};
}

Json problem_json(const Error& e) {
    return {{"path", e.path}, {"place", e.place}, {"what", e.what}};
}

// The members of a list are written by all cores, each a batch into a text of its own.
template <class Range, class Write>
void write_each(JsonStream& out, std::string_view name, const Range& range, Write write) {
    constexpr std::size_t batch = 32;
    const std::size_t batches_at_once = 8 * worker_count();
    out.key(name);
    out.begin_array();
    for (std::size_t from = 0; from < range.size(); from += batches_at_once * batch) {
        const std::size_t to = std::min(range.size(), from + batches_at_once * batch);
        std::vector<std::string> texts((to - from + batch - 1) / batch);
        parallel_for(texts.size(), [&](std::size_t b) {
            const std::size_t start = from + b * batch;
            texts[b] = JsonStream::list_part([&](JsonStream& part) {
                for (std::size_t i = start; i < std::min(to, start + batch); ++i) write(part, range[i]);
            });
        });
        for (const std::string& text : texts)
            if (!text.empty()) out.raw(text);
    }
    out.end_array();
}

template <class Range>
void write_each(JsonStream& out, std::string_view name, const Range& range,
                Json (*make)(const typename Range::value_type&)) {
    write_each(out, name, range, [&](JsonStream& part, const auto& item) { part.value(make(item)); });
}

}  // namespace

void write_json(const Analysis& analysis, const JsonStream::Sink& sink) {
    JsonStream out(sink);
    out.begin_object();
    out.member("schema", "stallsight.analysis/1");
    out.member("artifacts", artifacts_json(analysis));
    write_each(out, "events", analysis.events,
               [&](JsonStream& part, const EventInfo& event) { write_event(part, analysis, event); });
    write_each(out, "modules", analysis.modules,
               [&](JsonStream& part, const ModuleInfo& module) { part.value(module_json(analysis, module)); });
    write_each(out, "clocks", analysis.clocks, clock_json);
    write_each(out, "offsets", analysis.offsets, offset_json);
    write_each(out, "stalls", analysis.stalls, write_stall);
    write_each(out, "chains", analysis.chains,
               [&](JsonStream& part, const Chain& chain) { write_chain(part, analysis, chain); });
    write_each(out, "rcutorture", analysis.torture, [](JsonStream& part, const TortureInfo& info) {
        if (info.sample.kind == TortureSample::Kind::statistics) write_torture(part, info);
    });
    write_each(out, "rcutorture_progress", analysis.torture, [](JsonStream& part, const TortureInfo& info) {
        if (info.sample.kind != TortureSample::Kind::statistics)
            write_torture(part, info, name_of(info.sample.kind));
    });
    write_each(out, "rcutorture_stops", analysis.cores, [&](JsonStream& part, const CoreInfo& core) {
        if (const auto stop = torture_stop(analysis, core)) part.value(stop_json(analysis, *stop));
    });
    write_each(out, "vmcores", analysis.crashes,
               [&](JsonStream& part, const CrashInfo& info) { write_vmcore(part, analysis, info); });
    write_each(out, "diagnoses", analysis.diagnoses, write_diagnosis);
    out.member("patches", hunks_json(analysis));
    out.member("remarks", notes_json(analysis));
    write_each(out, "missing", analysis.missing, missing_json);
    write_each(out, "problems", analysis.problems, problem_json);
    out.end_object();
    out.flush();
    sink("\n");
}

std::string to_json(const Analysis& analysis) {
    std::string text;
    write_json(analysis, [&](std::string_view piece) { text.append(piece); });
    return text;
}

}  // namespace stallsight
