#include "analysis/json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/json_parts.h"
#include "analysis/json_stream.h"
#include "analysis/modules.h"
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

Json window_json(const Window& window) {
    return Json::array({window.from_s, window.to_s});
}

Json stall_json(const StallEpisode& s) {
    Json views = Json::array();
    for (const StallView& v : s.views)
        views.push_back({{"event", v.event},
                         {"time_s", v.at_s},
                         {"cpu", v.cpu < 0 ? Json(nullptr) : Json(v.cpu)},
                         {"task", v.task},
                         {"function", v.function}});
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
                {"start_window", s.start_s ? window_json(s.start_window) : Json(nullptr)},
                {"start_basis", s.start_basis},
                {"end_window", window_json(s.end_window)},
                {"end_basis", s.end_basis},
                {"views", std::move(views)},
                {"views_agree", optional(s.views_agree)},
                {"held_up", s.held_up},
                {"caused_by", s.caused_by},
                {"tie", s.tie}};
    if (s.starved_jiffies)
        out["starved"] = {
            {"kthread", s.starved_kthread}, {"jiffies", *s.starved_jiffies}, {"cpu", optional(s.starved_cpu)}};
    return out;
}

// A function that jumped on is known by its name alone.
Json owner_json(const Analysis& analysis, const Artifact& log, const Link& link) {
    if (link.module.empty() && link.call_site == "tail call") return nullptr;
    return std::string(name_of(owner_of(analysis, log, link.module)));
}

Json link_json(const Link& link, Json owner) {
    return {{"function", link.function}, {"module", link.module},
            {"effect", link.effect},     {"proof", link.proof},
            {"file", link.file},         {"line", link.line},
            {"added", link.added},       {"count_after", hex(link.count_after, 8)},
            {"basis", link.basis},       {"call_site", link.call_site},
            {"locks", link.locks},       {"owner", std::move(owner)}};
}

Json count_json(const Chain& chain, const PreemptCount& c) {
    return {{"raw", hex(c.raw, 8)},
            {"preempt", c.preempt},
            {"softirq", c.softirq},
            {"softirq_disabled", c.softirq_disabled},
            {"serving_softirq", c.serving_softirq},
            {"hardirq", c.hardirq},
            {"nmi", c.nmi},
            {"preempt_active", c.preempt_active},
            {"context", c.context},
            {"of_memory", chain.count_of_memory},
            {"by_scheduler", chain.by_scheduler},
            {"unexplained", chain.unexplained},
            {"contradictory", chain.contradictory}};
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

Json diagnosis_json(const Diagnosis& d) {
    return {{"rule", d.rule},     {"severity", d.severity},       {"summary", d.summary},
            {"aside", d.aside},   {"evidence", d.evidence},       {"why", d.why},
            {"advice", d.advice}, {"advice_rule", d.advice_rule}, {"reference", d.reference}};
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

Json chain_json(const Analysis& analysis, const Chain& chain) {
    const Artifact& log = log_of(analysis, chain);
    Json links = Json::array();
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i)
        links.push_back(link_json(chain.links[i], owner_json(analysis, log, chain.links[i])));
    const Link& guilty = chain.links[chain.guilty_link];
    const Link& slept = chain.links[chain.end_link];
    Json checks = Json::array();
    for (const CountCheck& check : chain.checks)
        checks.push_back({{"says", check.says}, {"agrees", check.agrees}, {"words", check.words}});
    return {
        {"event", chain.event},
        {"disabled_at",
         {{"function", chain.disabled_at.function},
          {"offset", optional(chain.disabled_at.offset)},
          {"size", optional(chain.disabled_at.size)},
          {"module", chain.disabled_at.module},
          {"known", chain.disabled_known}}},
        {"ending", std::string(name_of(chain.ending))},
        {"sentence", chain.sentence},
        {"slept_in", {{"function", slept.function}, {"module", slept.module}}},
        {"culprit",
         {{"function", guilty.function}, {"module", guilty.module}, {"file", guilty.file}, {"line", guilty.line}}},
        {"preempt_count", chain.count ? count_json(chain, *chain.count) : Json(nullptr)},
        {"checks", std::move(checks)},
        {"contradiction", chain.contradiction},
        {"unchecked", chain.unchecked},
        {"links", std::move(links)}};
}

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
    write_each(out, "stalls", analysis.stalls, stall_json);
    write_each(out, "chains", analysis.chains,
               [&](JsonStream& part, const Chain& chain) { part.value(chain_json(analysis, chain)); });
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
    write_each(out, "diagnoses", analysis.diagnoses, diagnosis_json);
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
