#include <set>

#include "analysis/diagnosis/sentences.h"
#include "analysis/report/sections.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

Line what_of(const ReportInput& in, const EventInfo& event) {
    Line out;
    if (!event.caused_by.empty())
        out = {{"follows from ", Style::aside, {}},
               {event.caused_by, Style::aside, "#" + event.caused_by},
               {": ", Style::aside, {}}};
    out.push_back({event.title, Style::plain, {}});
    if (event.guilty.by_user) out.push_back({" blamed by you", Style::aside, {}});
    if (!event.set_aside.empty()) out.push_back({" " + event.set_aside, Style::aside, {}});
    for (Span& note : notes_behind(in, event.artifact, event.report.line, event.report.line_last, false))
        out.push_back(std::move(note));
    return out;
}

std::string frame_words(const Frame& frame) {
    std::string text = frame.reliable ? "  " : "? ";
    text += frame.function.empty() && frame.address ? hex(*frame.address) : frame.function;
    if (frame.offset) text += "+" + hex(*frame.offset);
    if (frame.size) text += "/" + hex(*frame.size);
    if (!frame.module.empty()) text += " [" + frame.module + "]";
    return text;
}

// With the source lines below it, where debug info has them, and the notes behind it.
void add_frame(const ReportInput& in, const EventInfo& event, std::size_t i, Code& code) {
    const Frame& frame = event.report.frames[i];
    const bool guilty = event.guilty.frame == i;
    Line line = styled(guilty ? Style::strong : Style::plain, frame_words(frame));
    if (guilty) line.push_back({"  ◀ guilty", Style::bad, {}});
    for (Span& note : notes_behind(in, event.artifact, frame.line, frame.line, true))
        line.push_back(std::move(note));
    code.lines.push_back(std::move(line));
    if (i >= event.symbols.size() || !event.symbols[i]) return;
    for (const SourcePlace& place : event.symbols[i]->places)
        code.lines.push_back(
            styled(Style::aside, "      " + place.function + " " + place.file + ":" + std::to_string(place.line)));
}

}  // namespace

std::vector<Block> events_section(const ReportInput& in) {
    if (in.analysis.events.empty()) return {Paragraph{plain("No kernel report was found.")}};
    Table table{{"Event", "Time", "Where", "What", "Task", "Evidence"}, {}};
    for (const EventInfo& event : in.analysis.events) {
        const Event& report = event.report;
        std::string where = place_words(in.analysis.artifacts[event.artifact].artifact);
        if (report.cpu) where += (where.empty() ? "" : " ") + ("CPU " + std::to_string(*report.cpu));
        std::string task = report.task.comm;
        if (report.task.pid) task += " (" + std::to_string(*report.task.pid) + ")";
        table.rows.push_back({event.id,
                              {plain(event.id), plain(report.time ? fixed(seconds(*report.time), 6) : report.wall),
                               plain(where), what_of(in, event), plain(task),
                               place_line(in.analysis, event.artifact, report.line, report.line_last, report.offset,
                                          report.offset_last)}});
    }
    return {std::move(table)};
}

std::vector<Block> stacks_section(const ReportInput& in) {
    // A case may hold tens of thousands of reports; a page for people shows the first ones of each signature.
    constexpr std::size_t most = 50;
    std::vector<Block> out;
    std::set<std::string> seen;
    for (const EventInfo& event : in.analysis.events) {
        if (event.report.frames.empty() || seen.size() >= most || !seen.insert(event.signature).second) continue;
        out.emplace_back(Heading{event.title + " (" + event.id + ")"});
        Code code;
        for (std::size_t i = 0; i < event.report.frames.size(); ++i) add_frame(in, event, i, code);
        out.emplace_back(std::move(code));
    }
    return out;
}

}  // namespace stallsight
