// What stands in each section of a report.
#include "analysis/report/contents.h"

#include <algorithm>
#include <array>
#include <map>

#include "analysis/report/sections.h"
#include "analysis/words.h"
#include "parsers/text.h"

namespace stallsight {

using Style = Span::Style;

Line plain(std::string text) {
    return {{std::move(text), Style::plain, {}}};
}

Line styled(Style style, std::string text) {
    return {{std::move(text), style, {}}};
}

std::string core_words(const std::string& board, const std::string& core) {
    return board.empty() || core.empty() ? board + core : board + " " + core;
}

namespace {

// A name that a sentence puts between `...`.
Line with_code(std::string_view sentence) {
    Line out;
    bool is_code = false;
    while (!sentence.empty()) {
        const std::string_view part = sentence.substr(0, sentence.find('`'));
        if (!part.empty()) out.push_back({std::string(part), is_code ? Style::code : Style::plain, {}});
        sentence.remove_prefix(std::min(part.size() + 1, sentence.size()));
        is_code = !is_code;
    }
    return out;
}

// A step that starts with its place, "kern.log:25: ...", is linked to the report there, or else to the file.
Line why_line(const Analysis& analysis, const std::string& step) {
    for (std::size_t i = 0; i < analysis.artifacts.size(); ++i) {
        const std::string& path = analysis.artifacts[i].artifact.path;
        if (!step.starts_with(path + ":")) continue;
        std::string_view rest = std::string_view(step).substr(path.size() + 1);
        const auto line = eat_number(rest);
        if (!line) continue;
        std::string link = "#a" + std::to_string(i);
        for (const EventInfo& event : analysis.events)
            if (event.artifact == i && event.report.line <= *line && *line <= event.report.line_last) {
                link = "#" + event.id;
                break;
            }
        return {{path + ":" + std::to_string(*line), Style::plain, link}, {std::string(rest), Style::plain, {}}};
    }
    return plain(step);
}

std::vector<Block> answer(const ReportInput& in) {
    std::vector<Block> out;
    for (const Diagnosis& diagnosis : in.analysis.diagnoses) {
        const bool is_first = &diagnosis == &in.analysis.diagnoses.front();
        Finding finding;
        finding.severity = is_first ? diagnosis.severity : "";
        finding.says.push_back(plain(diagnosis.summary));
        if (!diagnosis.aside.empty()) finding.says.back().push_back({" " + diagnosis.aside, Style::aside, {}});
        if (!diagnosis.advice.empty()) {
            finding.says.push_back(with_code(diagnosis.advice));
            finding.says.back().insert(finding.says.back().begin(), Span{"What to do. ", Style::strong, {}});
        }
        for (const std::string& step : diagnosis.why) finding.why.push_back(why_line(in.analysis, step));
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
    Content{"timeline", "Timeline", timeline_section},
    Content{"chain", "The preempt-disabled chain", chain_section},
    Content{"locks", "Cycles of locks", locks_section},
    Content{"stacks", "Stacks", stacks_section},
    Content{"events", "Events", events_section},
    Content{"rcutorture", "rcutorture", torture_section},
    Content{"comparison", "Comparison", comparison_section},
    Content{"patch", "Patch", patch_section},
    Content{"notes", "Notes", notes_section},
    Content{"evidence", "Evidence", evidence_section},
    Content{"missing", "What was not readable or is missing", missing},
    Content{"made", "How this report was made", made},
};

}  // namespace

Line place_line(const Analysis& analysis, std::size_t artifact, std::uint64_t line, std::uint64_t line_last,
                std::uint64_t offset, std::uint64_t offset_last) {
    return {{analysis.artifacts[artifact].artifact.path + ":" + std::to_string(line) + "-" +
                 std::to_string(line_last) + ", bytes " + std::to_string(offset) + "-" +
                 std::to_string(offset_last),
             Style::plain, "#a" + std::to_string(artifact)}};
}

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
