#include <algorithm>

#include "analysis/report/sections.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

const Anchor* anchor_of(const ReportInput& in, const Note& note) {
    const auto placed = std::find_if(in.placed_notes.begin(), in.placed_notes.end(),
                                     [&](const auto& p) { return p.first == &note; });
    return placed == in.placed_notes.end() ? nullptr : &placed->second;
}

Line where_of(const ReportInput& in, const Note& note) {
    const Anchor* anchor = anchor_of(in, note);
    Line out = plain(place_words(note.target));
    if (anchor == nullptr) return out;
    out.front().link = "#a" + std::to_string(anchor->artifact);
    if (anchor->line == note.target.line && anchor->line > 0)
        out.push_back(
            {", bytes " + std::to_string(note.target.offset) + "-" + std::to_string(note.target.offset_last),
             Style::aside,
             {}});
    return out;
}

Line on_of(const ReportInput& in, const Note& note) {
    Line out;
    if (!note.target.line_text.empty()) out = styled(Style::code, note.target.line_text);
    if (!note.origin.empty()) out.push_back({" remark in the log", Style::aside, {}});
    if (anchor_of(in, note) == nullptr) out.push_back({" detached: the text has changed", Style::bad, {}});
    return out;
}

// Notes on the whole file.
Line notes_on_file(const ReportInput& in, std::size_t artifact) {
    Line out;
    for (const auto& [note, anchor] : in.placed_notes)
        if (note->target.kind == Target::Kind::artifact && anchor.artifact == artifact)
            for (Span& span : note_line(*note)) out.push_back(std::move(span));
    return out;
}

}  // namespace

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

Line notes_behind(const ReportInput& in, std::size_t artifact, std::uint64_t line, std::uint64_t line_last,
                  bool remarks) {
    Line out;
    for (const auto& [note, anchor] : in.placed_notes) {
        const bool within = anchor.artifact == artifact && anchor.line >= line && anchor.line <= line_last;
        if (!within || anchor.line == 0 || note->text.empty() || (!remarks && !note->origin.empty())) continue;
        out.push_back({" ✎ " + note->text, Style::note, {}});
    }
    return out;
}

std::vector<Block> notes_section(const ReportInput& in) {
    Table table{{"Note", "Where", "What", "On"}, {}};
    for (const Note& note : in.notes)
        table.rows.push_back({"", {plain(note.id), where_of(in, note), note_line(note), on_of(in, note)}});
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

std::vector<Block> evidence_section(const ReportInput& in) {
    Table table{{"File", "What it is", "Lines", "Bytes", "SHA-256", "Notes"}, {}};
    for (std::size_t i = 0; i < in.analysis.artifacts.size(); ++i) {
        const ArtifactInfo& info = in.analysis.artifacts[i];
        const auto lines = static_cast<long long>(info.scan.index.lines());
        table.rows.push_back(
            {"a" + std::to_string(i),
             {plain(info.artifact.path), plain(std::string(name_of(info.artifact.kind))),
              plain(lines > 0 ? grouped(lines) : ""),
              plain(grouped(static_cast<long long>(info.artifact.bytes.size()))),
              styled(Style::code, info.sha256 ? *info.sha256 : sha256_hex(info.artifact.bytes.view())),
              notes_on_file(in, i)}});
    }
    return {std::move(table)};
}

}  // namespace stallsight
