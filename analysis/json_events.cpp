// Reports and their frames.
#include <nlohmann/json.hpp>

#include "analysis/json_parts.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

void write_task(JsonStream& out, const Task& task) {
    out.begin_object();
    out.member("comm", task.comm);
    out.member("pid", task.pid);
    out.end_object();
}

void write_symbol(JsonStream& out, const Frame& frame, const Resolution* known) {
    const bool has_place = known != nullptr && !known->places.empty();
    // The frame itself is the outermost place; those inside it were inlined.
    out.member("file", has_place ? known->places.back().file : frame.file);
    out.member("line", has_place ? known->places.back().line : frame.source_line);
    out.key("inlined");
    out.begin_array();
    for (std::size_t i = 0; has_place && i + 1 < known->places.size(); ++i) {
        out.begin_object();
        out.member("function", known->places[i].function);
        out.member("file", known->places[i].file);
        out.member("line", known->places[i].line);
        out.end_object();
    }
    out.end_array();
    out.key("call_site");
    if (known == nullptr) {
        out.null();
        return;
    }
    out.value(name_of(known->call_site));
    if (!known->call_target.empty()) out.member("call_target", known->call_target);
    if (!known->doubt.empty()) out.member("doubt", known->doubt);
}

void write_frame(JsonStream& out, const Frame& frame, const std::optional<Resolution>* symbol = nullptr) {
    out.begin_object();
    out.member("function", frame.function);
    out.member("offset", frame.offset);
    out.member("size", frame.size);
    out.member("module", frame.module);
    out.key("address");
    if (frame.address) {
        out.value(hex(*frame.address));
    } else {
        out.null();
    }
    out.member("reliable", frame.reliable);
    write_symbol(out, frame, symbol != nullptr && symbol->has_value() ? &**symbol : nullptr);
    out.end_object();
}

}  // namespace

void write_frames(JsonStream& out, const std::vector<Frame>& frames,
                  const std::vector<std::optional<Resolution>>& symbols) {
    out.key("frames");
    out.begin_array();
    for (std::size_t i = 0; i < frames.size(); ++i)
        write_frame(out, frames[i], i < symbols.size() ? &symbols[i] : nullptr);
    out.end_array();
}

namespace {

void write_section(JsonStream& out, const Section& section) {
    out.begin_object();
    out.member("title", section.title);
    out.member("cpu", section.cpu);
    out.key("task");
    write_task(out, section.task);
    out.member("line", section.line);
    out.member("line_last", section.line_last);
    write_frames(out, section.frames);
    out.end_object();
}

}  // namespace

void write_event(JsonStream& out, const Analysis& analysis, const EventInfo& event) {
    const Event& report = event.report;
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    out.begin_object();
    out.member("id", event.id);
    out.member("kind", name_of(report.kind));
    out.member("title", event.title);
    out.member("function", event.guilty.function);
    out.member("module", event.guilty.module);
    out.member("time_s", seconds_of(report.time));
    out.member("wall", report.wall);
    if (report.moment && report.moment->year)
        out.member("moment", iso_text(report.moment->moment, report.moment->zone));
    out.member("board", artifact.board);
    out.member("core", artifact.core);
    out.member("cpu", report.cpu);
    out.key("task");
    write_task(out, report.task);
    out.member("artifact", artifact.path);
    out.member("line", report.line);
    out.member("line_last", report.line_last);
    out.member("signature", event.signature);
    out.member("cause_of", event.cause_of);
    out.member("caused_by", event.caused_by);
    out.key("guilty");
    out.begin_object();
    out.member("reason", event.guilty.reason);
    out.member("candidates", event.guilty.candidates);
    out.end_object();
    write_frames(out, report.frames, event.symbols);
    write_list(out, "sections", report.sections, [&](const Section& section) { write_section(out, section); });
    out.member("fields", report.fields);
    out.member("release", report.machine.release);
    out.member("taint", report.machine.taint);
    if (report.preempt_count) out.member("preempt_count", hex(*report.preempt_count, 8));
    if (report.preempt_disabled_at) {
        out.key("preempt_disabled_at");
        write_frame(out, *report.preempt_disabled_at);
    }
    out.member("partial", report.partial);
    if (report.partial) out.member("partial_reason", report.partial_reason);
    if (!event.follows_because.empty()) out.member("follows_because", event.follows_because);
    if (!event.set_aside.empty()) out.member("set_aside", event.set_aside);
    if (event.guilty.by_user) out.member("guilty_by_user", true);
    out.end_object();
}

}  // namespace stallsight
