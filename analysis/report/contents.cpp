// What stands in each section of a report.
#include <algorithm>
#include <array>
#include <set>

#include "analysis/case/anchor.h"
#include "analysis/chain/chain_words.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/report/contents.h"
#include "analysis/report/source_excerpt.h"
#include "analysis/report/svg.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

Line plain(std::string text) {
    return {{std::move(text), Style::plain, {}}};
}

Line styled(Style style, std::string text) {
    return {{std::move(text), style, {}}};
}

// What a report that names several boards or cores says of one.
std::string core_words(const std::string& board, const std::string& core) {
    return board.empty() || core.empty() ? board + core : board + " " + core;
}

std::vector<Block> answer(const ReportInput& in) {
    std::vector<Block> out;
    for (const Diagnosis& diagnosis : in.analysis.diagnoses) {
        const bool is_first = &diagnosis == &in.analysis.diagnoses.front();
        Finding finding;
        finding.severity = is_first ? diagnosis.severity : "";
        finding.says.push_back(plain(diagnosis.summary));
        if (!diagnosis.aside.empty()) finding.says.back().push_back({" " + diagnosis.aside, Style::aside, {}});
        if (!diagnosis.advice.empty())
            finding.says.push_back({{"What to do. ", Style::strong, {}}, {diagnosis.advice, Style::plain, {}}});
        for (const std::string& step : diagnosis.why) finding.why.push_back(plain(step));
        out.emplace_back(std::move(finding));
    }
    return out;
}

Table boards(const Analysis& analysis) {
    Table table{{"Board", "Core", "State", "Kernel", "Architecture", "Log covers", "HZ"}, {}};
    for (const CoreInfo& core : analysis.cores) {
        std::string covers = "not known";
        if (core.first_s && core.last_s)
            covers = fixed(*core.first_s, 3) + " s to " + fixed(*core.last_s, 3) + " s";
        std::string hz;
        if (const CoreClock* clock = analysis.clock_of(core.board, core.core); clock != nullptr)
            hz = (clock->hz ? std::to_string(*clock->hz) + ": " : std::string()) + clock->basis;
        table.rows.push_back({"",
                              {plain(core.board), plain(core.core), plain(core.state), plain(core.release),
                               plain(core.arch), plain(covers), plain(hz)}});
    }
    return table;
}

// What the boots said of themselves.
Table kernels(const Analysis& analysis) {
    Table table{{"Log", "Line", "What", "As printed"}, {}};
    for (const ArtifactInfo& info : analysis.artifacts)
        for (const Fact& fact : info.scan.facts) {
            if (fact.kind != Fact::Kind::banner && fact.kind != Fact::Kind::command_line) continue;
            const char* what = fact.kind == Fact::Kind::banner ? "kernel" : "command line";
            table.rows.push_back({"",
                                  {plain(info.artifact.path), plain(std::to_string(fact.line)), plain(what),
                                   styled(Style::code, fact.text)}});
        }
    return table;
}

// Those that differ in nothing but their names share a row.
Table modules(const Analysis& analysis) {
    Table table{{"Core", "Taint", "Version", "srcversion", "vermagic", "Modules"}, {}};
    std::map<std::array<std::string, 5>, std::string> names;
    for (const ModuleInfo& module : analysis.modules) {
        std::string& row = names[{core_words(module.board, module.core), module.taint, module.version,
                                  module.srcversion, module.vermagic}];
        row += (row.empty() ? "" : " ") + module.name;
    }
    for (const auto& [said, modules] : names)
        table.rows.push_back({"",
                              {plain(said[0]), plain(said[1]), plain(said[2]), styled(Style::code, said[3]),
                               styled(Style::code, said[4]), styled(Style::code, modules)}});
    return table;
}

// Of each core's last report that says it.
Table taints(const Analysis& analysis) {
    Table table{{"Core", "Kernel's taint"}, {}};
    std::map<std::string, std::string> last;
    for (const EventInfo& event : analysis.events) {
        const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
        if (!event.report.machine.taint.empty())
            last[core_words(artifact.board, artifact.core)] = event.report.machine.taint;
    }
    for (const auto& [core, taint] : last) table.rows.push_back({"", {plain(core), plain(taint)}});
    return table;
}

std::vector<Block> environment(const ReportInput& in) {
    std::vector<Block> out;
    for (Table table : {boards(in.analysis), kernels(in.analysis), taints(in.analysis), modules(in.analysis)})
        if (!table.rows.empty()) out.emplace_back(std::move(table));
    return out;
}

std::vector<Block> timeline(const ReportInput& in) {
    if (in.analysis.cores.empty() || in.analysis.events.empty()) return {};
    return {Figure{timeline_svg(in.analysis),
                   "Each core on its own clock (seconds since its boot). Bars: stalls. Square: sleep in atomic "
                   "context or another fault. Triangle: warning. Diamond: RCU stall report."}};
}

Table ledger(const Chain& chain) {
    Table table{{"Frame", "What it did", "preempt_count", "How that is known", "Call", "Source"}, {}};
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) {
        const Link& link = chain.links[i];
        std::string effect = link.effect;
        if (link.added > 0) effect = "+" + hex(static_cast<unsigned>(link.added)) + " " + effect;
        if (link.role == Link::Role::guilty) effect = "guilty" + (effect.empty() ? "" : "; " + effect);
        if (i == chain.end_link) effect = std::string(end_words(chain.ending));
        const std::string proof = link.proof + (link.basis.empty() ? "" : ": " + link.basis);
        const std::string source = link.file.empty() ? "" : link.file + ":" + std::to_string(link.line);
        table.rows.push_back(
            {"",
             {styled(link.role == Link::Role::guilty ? Style::strong : Style::code,
                     qualified_name(link.function, link.module)),
              plain(effect), plain(hex(link.count_after)), plain(proof), plain(link.call_site), plain(source)}});
    }
    return table;
}

std::vector<Block> chain(const ReportInput& in) {
    std::vector<Block> out;
    for (const Chain* chain : in.analysis.first_chains()) {
        const EventInfo* event = in.analysis.event(chain->event);
        out.emplace_back(Heading{event != nullptr ? event->title : chain->event});
        out.emplace_back(Figure{chain_svg(in.analysis, *chain), ""});
        out.emplace_back(ledger(*chain));
        if (!chain->unchecked.empty()) out.emplace_back(Paragraph{styled(Style::aside, chain->unchecked)});
        for (Block& block : chain_sources(in.analysis, *chain)) out.push_back(std::move(block));
    }
    return out;
}

std::vector<Block> lock_cycles(const ReportInput& in) {
    std::vector<Block> out;
    for (const auto& [event, cycle] : first_lock_cycles(in.analysis)) {
        out.emplace_back(Heading{event->title});
        out.emplace_back(Figure{lock_cycle_svg(cycle),
                                "Locks in the order that was seen before; dashed: what closes the cycle."});
    }
    return out;
}

// Notes on an event, or on a frame or a line of it.
Line notes_on(const ReportInput& in, const EventInfo& event) {
    Line out;
    for (const auto& [note, anchor] : in.placed_notes) {
        const bool within = anchor.artifact == event.artifact && anchor.line >= event.report.line &&
                            anchor.line <= event.report.line_last;
        if (within && !note->text.empty() && note->origin.empty())
            out.push_back({" ✎ " + note->text, Style::note, {}});
    }
    return out;
}

Line what_of(const ReportInput& in, const EventInfo& event) {
    Line out;
    if (!event.caused_by.empty())
        out = {{"follows from ", Style::aside, {}},
               {event.caused_by, Style::aside, "#" + event.caused_by},
               {": ", Style::aside, {}}};
    out.push_back({event.title, Style::plain, {}});
    if (event.guilty.by_user) out.push_back({" blamed by you", Style::aside, {}});
    if (!event.set_aside.empty()) out.push_back({" " + event.set_aside, Style::aside, {}});
    for (Span& note : notes_on(in, event)) out.push_back(std::move(note));
    return out;
}

std::string place_of_bytes(const Analysis& analysis, const EventInfo& event) {
    const Event& report = event.report;
    return analysis.artifacts[event.artifact].artifact.path + ":" + std::to_string(report.line) + "-" +
           std::to_string(report.line_last) + ", bytes " + std::to_string(report.offset) + " to " +
           std::to_string(report.offset_last);
}

std::vector<Block> events(const ReportInput& in) {
    if (in.analysis.events.empty()) return {Paragraph{plain("No kernel report was found.")}};
    Table table{{"Event", "Time", "Where", "What", "Task", "Evidence"}, {}};
    for (const EventInfo& event : in.analysis.events) {
        const Event& report = event.report;
        std::string where = place_words(in.analysis.artifacts[event.artifact].artifact);
        if (report.cpu) where += (where.empty() ? "" : " ") + ("CPU " + std::to_string(*report.cpu));
        std::string task = report.task.comm;
        if (report.task.pid) task += " (" + std::to_string(*report.task.pid) + ")";
        table.rows.push_back(
            {event.id,
             {plain(event.id),
              plain(report.time ? fixed(seconds(*report.time), 6) : report.wall),
              plain(where),
              what_of(in, event),
              plain(task),
              {{place_of_bytes(in.analysis, event), Style::plain, "#a" + std::to_string(event.artifact)}}}});
    }
    return {std::move(table)};
}

void frame_lines(const EventInfo& event, std::size_t i, Code& code) {
    const Frame& frame = event.report.frames[i];
    std::string text = frame.reliable ? "  " : "? ";
    text += frame.function.empty() && frame.address ? hex(*frame.address) : frame.function;
    if (frame.offset) text += "+" + hex(*frame.offset);
    if (frame.size) text += "/" + hex(*frame.size);
    if (!frame.module.empty()) text += " [" + frame.module + "]";
    const bool guilty = event.guilty.frame == i;
    Line line = styled(guilty ? Style::strong : Style::plain, text);
    if (guilty) line.push_back({"  ◀ guilty", Style::bad, {}});
    code.lines.push_back(std::move(line));
    if (i >= event.symbols.size() || !event.symbols[i]) return;
    for (const SourcePlace& place : event.symbols[i]->places)
        code.lines.push_back(
            styled(Style::aside, "      " + place.function + " " + place.file + ":" + std::to_string(place.line)));
}

std::vector<Block> stacks(const ReportInput& in) {
    // A case may hold tens of thousands of reports; a page for people shows the first ones of each signature.
    constexpr std::size_t most = 50;
    std::vector<Block> out;
    std::set<std::string> seen;
    for (const EventInfo& event : in.analysis.events) {
        if (event.report.frames.empty() || seen.size() >= most || !seen.insert(event.signature).second) continue;
        out.emplace_back(Heading{event.title + " (" + event.id + ")"});
        Code code;
        for (std::size_t i = 0; i < event.report.frames.size(); ++i) frame_lines(event, i, code);
        out.emplace_back(std::move(code));
    }
    return out;
}

std::vector<Block> torture(const ReportInput& in) {
    Table table{{"Time", "Core", "Line", "Counters"}, {}};
    for (const TortureInfo& info : in.analysis.torture) {
        std::string counters = info.sample.flags;
        for (const auto& [name, value] : info.sample.counters.items())
            counters += (counters.empty() ? "" : " · ") + name + " " +
                        (value.is_string() ? value.get<std::string>() : value.dump());
        table.rows.push_back(
            {"",
             {plain(info.sample.time ? fixed(seconds(*info.sample.time), 6) : ""),
              plain(core_words(info.board, info.core)), plain(std::to_string(info.sample.line)), plain(counters)}});
    }
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

std::vector<Block> comparison(const ReportInput& in) {
    if (in.options.comparison == nullptr) return {};
    const Comparison& comparison = *in.options.comparison;
    Table table{{"Report", "Before", "After", "Verdict", "In figures"}, {}};
    for (const SignatureComparison& row : comparison.signatures)
        table.rows.push_back({"",
                              {plain(qualified_name(row.title, row.module)),
                               plain(std::to_string(row.before().count)), plain(std::to_string(row.after().count)),
                               plain(std::string(name_of(row.verdict))), plain(row.sentence)}});
    std::vector<Block> out = {Paragraph{plain(comparison.verdict)}};
    if (!table.rows.empty()) out.emplace_back(std::move(table));
    return out;
}

std::vector<Block> patch(const ReportInput& in) {
    Table table{{"File", "Function", "Hunk", "On the chain"}, {}};
    for (const PatchHunk& hunk : in.analysis.patch_hunks) {
        std::string on = hunk.on_chain ? "yes, in " + hunk.event : "no";
        if (!hunk.effect.empty()) on += ": " + hunk.effect;
        table.rows.push_back(
            {"",
             {plain(hunk.file), plain(hunk.function),
              plain(in.analysis.artifacts[hunk.artifact].artifact.path + ":" + std::to_string(hunk.hunk.line)),
              plain(on)}});
    }
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

Line note_line(const Note& note) {
    Line out;
    if (note.decision != Decision::none)
        out.push_back(
            {decision_words(note) + " ", note.decision == Decision::guilty ? Style::bad : Style::strong, {}});
    out.push_back({note.text, Style::plain, {}});
    for (const std::string& tag : note.tags) out.push_back({" #" + tag, Style::aside, {}});
    if (!note.colour.empty()) out.push_back({" (" + note.colour + ")", Style::aside, {}});
    return out;
}

std::vector<Block> notes(const ReportInput& in) {
    Table table{{"Note", "Where", "What", "On"}, {}};
    for (const Note& note : in.notes) {
        Line on = styled(Style::code, note.target.line_text);
        if (!note.origin.empty()) on.push_back({" remark in the log", Style::aside, {}});
        const bool placed = std::any_of(in.placed_notes.begin(), in.placed_notes.end(),
                                        [&](const auto& p) { return p.first == &note; });
        if (!placed) on.push_back({" detached: the text has changed", Style::bad, {}});
        table.rows.push_back(
            {"", {plain(note.id), plain(place_words(note.target)), note_line(note), std::move(on)}});
    }
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

std::vector<Block> evidence(const ReportInput& in) {
    Table table{{"File", "What it is", "Lines", "Bytes", "SHA-256"}, {}};
    for (std::size_t i = 0; i < in.analysis.artifacts.size(); ++i) {
        const ArtifactInfo& info = in.analysis.artifacts[i];
        const auto lines = static_cast<long long>(info.scan.index.lines());
        table.rows.push_back(
            {"a" + std::to_string(i),
             {plain(info.artifact.path), plain(std::string(name_of(info.artifact.kind))),
              plain(lines > 0 ? grouped(lines) : ""),
              plain(grouped(static_cast<long long>(info.artifact.bytes.size()))),
              styled(Style::code, info.sha256 ? *info.sha256 : sha256_hex(info.artifact.bytes.view()))}});
    }
    return {std::move(table)};
}

std::vector<Block> missing(const ReportInput& in) {
    Points points;
    for (const Error& problem : in.analysis.problems) points.items.push_back(plain(problem.text()));
    for (const Missing& missing : in.analysis.missing)
        points.items.push_back(plain("Debug info of " + missing.module + " (" + counted(missing.frames, "frame") +
                                     "): " + missing.how));
    for (const ArtifactInfo& info : in.analysis.artifacts)
        if (info.artifact.truncated) points.items.push_back(plain(info.artifact.path + ": cut off by its archive"));
    if (points.items.empty()) return {Paragraph{plain("Everything was read.")}};
    return {std::move(points)};
}

std::vector<Block> made(const ReportInput& in) {
    const std::string& how = in.options.made_with;
    return {Paragraph{plain("Made by Stallsight " STALLSIGHT_VERSION " from " + in.analysis.bundle_name +
                            (how.empty() ? "." : " with the options: " + how))},
            Paragraph{styled(Style::aside, "The same version, options and input give the same bytes.")}};
}

struct Content {
    std::string_view id, title;
    std::vector<Block> (*make)(const ReportInput&);
};
constexpr std::array contents = {
    Content{"answer", "Answer", answer},
    Content{"environment", "Environment", environment},
    Content{"timeline", "Timeline", timeline},
    Content{"chain", "The preempt-disabled chain", chain},
    Content{"locks", "Cycles of locks", lock_cycles},
    Content{"stacks", "Stacks", stacks},
    Content{"events", "Events", events},
    Content{"rcutorture", "rcutorture", torture},
    Content{"comparison", "Comparison", comparison},
    Content{"patch", "Patch", patch},
    Content{"notes", "Notes", notes},
    Content{"evidence", "Evidence", evidence},
    Content{"missing", "What was not readable or is missing", missing},
    Content{"made", "How this report was made", made},
};

}  // namespace

const std::vector<std::string_view>& report_sections() {
    static const std::vector<std::string_view> ids = [] {
        std::vector<std::string_view> out;
        for (const Content& content : contents) out.push_back(content.id);
        return out;
    }();
    return ids;
}

std::vector<ReportSection> make_sections(const ReportInput& input) {
    std::vector<ReportSection> out;
    for (const Content& content : contents) {
        ReportSection section{std::string(content.id), std::string(content.title), content.make(input)};
        if (!section.blocks.empty()) out.push_back(std::move(section));
    }
    return out;
}

}  // namespace stallsight
