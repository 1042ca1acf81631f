#include "analysis/diagnosis/sentences.h"

#include "analysis/words.h"

namespace stallsight {

namespace {

// Its headline is ours then.
bool has_lost_its_head(const Analysis& analysis, const EventInfo& event) {
    if (!event.report.partial || event.report.line == 0) return false;
    const ArtifactInfo& info = analysis.artifacts[event.artifact];
    const std::string_view line = info.scan.index.line_text(info.artifact.bytes.view(), event.report.line);
    return line.find(event.report.headline) == std::string_view::npos;
}

}  // namespace

bool stands_for_itself(const EventInfo& event) {
    return event.caused_by.empty() && event.set_aside.empty();
}

std::string place_words(const Artifact& artifact) {
    if (artifact.board.empty()) return artifact.core;
    return artifact.core.empty() ? artifact.board : artifact.board + " " + artifact.core;
}

std::string evidence_place(const Analysis& analysis, const EventInfo& event, std::uint64_t line) {
    return analysis.artifacts[event.artifact].artifact.path + ":" +
           std::to_string(line == 0 ? event.report.line : line);
}

std::string who_and_where(const Analysis& analysis, const EventInfo& event) {
    std::string parts;
    const auto add = [&](const std::string& part) { parts += (parts.empty() ? "" : ", ") + part; };
    if (event.report.task.pid) add("pid " + std::to_string(*event.report.task.pid));
    const std::string place = place_words(analysis.artifacts[event.artifact].artifact);
    if (!place.empty()) add(place);
    if (event.report.cpu) add("CPU " + std::to_string(*event.report.cpu));
    const std::string who = event.report.task.comm.empty() ? "A task" : event.report.task.comm;
    return parts.empty() ? who : who + " (" + parts + ")";
}

std::string headline_step(const Analysis& analysis, const EventInfo& event) {
    if (has_lost_its_head(analysis, event))
        return evidence_place(analysis, event) + ": a part of a report (" + event.report.headline +
               "): " + event.report.partial_reason + ".";
    return evidence_place(analysis, event) + ": the kernel printed \"" + event.report.headline + "\".";
}

std::string blame_step(const EventInfo& event) {
    return qualified_name(event.guilty.function, event.guilty.module) + " is blamed: " + event.guilty.reason + ".";
}

}  // namespace stallsight
