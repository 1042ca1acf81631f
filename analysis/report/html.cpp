#include "analysis/report/html.h"

#include <algorithm>

#include "analysis/case/anchor.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/report/markup.h"
#include "analysis/report/source_excerpt.h"
#include "analysis/report/style.h"
#include "analysis/report/svg.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// A case may hold tens of thousands of reports; a page for people shows the first ones of each signature.
constexpr std::size_t stacks_shown = 50;

std::string element(std::string_view tag, std::string_view text) {
    return "<" + std::string(tag) + ">" + escaped(text) + "</" + std::string(tag) + ">";
}

std::string row(std::initializer_list<std::string> cells) {
    std::string out = "<tr>";
    for (const std::string& cell : cells) out += "<td>" + cell + "</td>";
    return out + "</tr>\n";
}

std::string heading_row(std::initializer_list<std::string_view> cells) {
    std::string out = "<thead><tr>";
    for (const std::string_view cell : cells) out += "<th scope=\"col\">" + escaped(cell) + "</th>";
    return out + "</tr></thead>\n";
}

class Page {
public:
    Page(const Analysis& analysis, const CaseFile& notes) : analysis_(analysis), notes_(notes) {}

    std::string build() {
        out_ = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
               escaped(analysis_.bundle_name) + " · Stallsight</title>\n" +
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n" +
               page_style() + "</style>\n</head>\n<body>\n<main>\n";
        answer();
        boards();
        timeline();
        for (const Chain* chain : analysis_.first_chains()) chain_section(*chain);
        events();
        stacks();
        patches();
        torture();
        case_notes();
        evidence();
        unreadable();
        out_ += "</main>\n<footer>Made by Stallsight " STALLSIGHT_VERSION " from " +
                escaped(analysis_.bundle_name) + ".</footer>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    void section(std::string_view id, std::string_view title) {
        out_ += "<h2 id=\"" + std::string(id) + "\">" + escaped(title) + "</h2>\n";
    }

    [[nodiscard]] std::string line_link(const EventInfo& event) const {
        return "<a href=\"#a" + std::to_string(event.artifact) + "\">" + escaped(evidence_place(analysis_, event)) +
               "</a>";
    }

    void answer() {
        out_ += "<h1>" + escaped(analysis_.bundle_name) + "</h1>\n";
        const Diagnosis& first = analysis_.diagnoses.front();
        out_ += "<div class=\"answer " + first.severity + "\"><p>" + escaped(first.summary);
        if (!first.aside.empty()) out_ += " <span class=\"aside\">" + escaped(first.aside) + "</span>";
        out_ += "</p>\n";
        if (!first.advice.empty()) out_ += "<p><strong>What to do.</strong> " + escaped(first.advice) + "</p>\n";
        why(first);
        out_ += "</div>\n";
        for (std::size_t i = 1; i < analysis_.diagnoses.size(); ++i) {
            const Diagnosis& d = analysis_.diagnoses[i];
            out_ += "<div class=\"further\"><p>" + escaped(d.summary) + "</p>\n";
            if (!d.advice.empty()) out_ += "<p class=\"aside\">" + escaped(d.advice) + "</p>\n";
            why(d);
            out_ += "</div>\n";
        }
    }

    void why(const Diagnosis& d) {
        if (d.why.empty()) return;
        out_ += "<details open><summary>Why we say so</summary><ol>\n";
        for (const std::string& step : d.why) out_ += element("li", step) + "\n";
        out_ += "</ol></details>\n";
    }

    void boards() {
        if (analysis_.cores.empty()) return;
        section("boards", "Boards");
        out_ += "<table>" + heading_row({"Board", "Core", "State", "Kernel", "Architecture", "Log covers", "HZ"}) +
                "<tbody>";
        for (const CoreInfo& core : analysis_.cores) {
            std::string covers = "not known";
            if (core.first_s && core.last_s)
                covers = fixed(*core.first_s, 3) + " s to " + fixed(*core.last_s, 3) + " s";
            std::string hz;
            if (const CoreClock* clock = analysis_.clock_of(core.board, core.core); clock != nullptr)
                hz = (clock->hz ? std::to_string(*clock->hz) + ": " : std::string()) + clock->basis;
            out_ += row({escaped(core.board), escaped(core.core), escaped(core.state), escaped(core.release),
                         escaped(core.arch), covers, escaped(hz)});
        }
        out_ += "</tbody></table>\n";
    }

    void timeline() {
        if (analysis_.cores.empty() || analysis_.events.empty()) return;
        section("timeline", "Timeline");
        out_ += "<figure>" + timeline_svg(analysis_) +
                "<figcaption>Each core on its own clock (seconds since its boot). Bars: stalls. Square: sleep in "
                "atomic "
                "context or another fault. Triangle: warning. Diamond: RCU stall report.</figcaption></figure>\n";
    }

    void chain_section(const Chain& chain) {
        const EventInfo* event = analysis_.event(chain.event);
        section("chain-" + chain.event,
                "The preempt-disabled chain of " + (event != nullptr ? event->title : chain.event));
        out_ += "<figure>" + chain_svg(analysis_, chain) + "</figure>\n" + chain_sources(analysis_, chain);
    }

    void events() {
        section("events", "Events");
        if (analysis_.events.empty()) {
            out_ += "<p>No kernel report was found.</p>\n";
            return;
        }
        out_ += "<table>" + heading_row({"", "Time", "Where", "What", "Task", "Evidence"}) + "<tbody>";
        for (const EventInfo& event : analysis_.events) {
            const Event& report = event.report;
            std::string where = place_words(analysis_.artifacts[event.artifact].artifact);
            if (report.cpu) where += (where.empty() ? "" : " ") + ("CPU " + std::to_string(*report.cpu));
            std::string what = escaped(event.title);
            if (!event.caused_by.empty())
                what = "<span class=\"follows\">↳ follows from <a href=\"#" + event.caused_by + "\">" +
                       event.caused_by + "</a>:</span> " + what;
            std::string task = escaped(report.task.comm);
            if (report.task.pid) task += " (" + std::to_string(*report.task.pid) + ")";
            out_ += "<tr id=\"" + event.id + "\"><td>" + event.id + "</td><td>" +
                    (report.time ? fixed(seconds(*report.time), 6) : escaped(report.wall)) + "</td><td>" +
                    escaped(where) + "</td><td>" + what + notes_at(event) + "</td><td>" + task + "</td><td>" +
                    line_link(event) + "</td></tr>\n";
        }
        out_ += "</tbody></table>\n";
    }

    [[nodiscard]] std::string notes_at(const EventInfo& event) const {
        std::string out;
        for (const Note& note : notes_.notes) {
            if (note.target.kind != Target::Kind::event) continue;
            const auto anchor = locate(note, analysis_);
            if (anchor && anchor->artifact == event.artifact && anchor->line == event.report.line)
                out += "<div class=\"note\">✎ " + escaped(note.text) + "</div>";
        }
        return out;
    }

    void stacks() {
        section("stacks", "Stacks");
        std::vector<std::string> seen;
        for (const EventInfo& event : analysis_.events) {
            if (event.report.frames.empty() || seen.size() >= stacks_shown) continue;
            if (std::find(seen.begin(), seen.end(), event.signature) != seen.end()) continue;
            seen.push_back(event.signature);
            out_ += "<h3>" + escaped(event.title) + " (" + event.id + ")</h3>\n<pre class=\"stack\">";
            for (std::size_t i = 0; i < event.report.frames.size(); ++i) frame_line(event, i);
            out_ += "</pre>\n";
        }
    }

    void frame_line(const EventInfo& event, std::size_t i) {
        const Frame& frame = event.report.frames[i];
        std::string text = frame.reliable ? "  " : "? ";
        text += frame.function.empty() && frame.address ? hex(*frame.address) : frame.function;
        if (frame.offset) text += "+" + hex(*frame.offset);
        if (frame.size) text += "/" + hex(*frame.size);
        if (!frame.module.empty()) text += " [" + frame.module + "]";
        const bool guilty = event.guilty.frame == i;
        out_ += guilty ? "<mark>" + escaped(text) + "</mark>" : escaped(text);
        if (i < event.symbols.size() && event.symbols[i])
            for (const SourcePlace& place : event.symbols[i]->places)
                out_ += "\n      <span class=\"aside\">" +
                        escaped(place.function + " " + place.file + ":" + std::to_string(place.line)) + "</span>";
        out_ += guilty ? " <span class=\"bad\">◀ guilty</span>\n" : "\n";
    }

    void patches() {
        if (analysis_.patch_hunks.empty()) return;
        section("patch", "Patch");
        out_ += "<table>" + heading_row({"File", "Function", "Hunk", "On the chain"}) + "<tbody>";
        for (const PatchHunk& hunk : analysis_.patch_hunks) {
            std::string on = hunk.on_chain ? "yes, in " + hunk.event : "no";
            if (!hunk.effect.empty()) on += ": " + hunk.effect;
            out_ += row(
                {escaped(hunk.file), escaped(hunk.function),
                 escaped(analysis_.artifacts[hunk.artifact].artifact.path) + ":" + std::to_string(hunk.hunk.line),
                 escaped(on)});
        }
        out_ += "</tbody></table>\n";
    }

    void torture() {
        if (analysis_.torture.empty()) return;
        section("rcutorture", "rcutorture");
        out_ += "<table>" + heading_row({"Time", "Core", "Line", "Counters"}) + "<tbody>";
        for (const TortureInfo& info : analysis_.torture) {
            std::string counters = info.sample.flags.empty() ? "" : info.sample.flags + " ";
            for (const auto& [name, value] : info.sample.counters.items())
                counters += (counters.empty() ? "" : " · ") + name + " " +
                            (value.is_string() ? value.get<std::string>() : value.dump());
            out_ +=
                row({info.sample.time ? fixed(seconds(*info.sample.time), 6) : "",
                     escaped(info.board + " " + info.core), std::to_string(info.sample.line), escaped(counters)});
        }
        out_ += "</tbody></table>\n";
    }

    void case_notes() {
        std::string rows;
        std::vector<Note> notes = notes_.notes;
        for (Note& remark : remark_notes(analysis_)) notes.push_back(std::move(remark));
        for (const Note& note : notes)
            rows +=
                row({escaped(place_words(note.target)), escaped(note.text),
                     "<code>" + escaped(note.target.line_text) + "</code>" +
                         (note.origin.empty() ? "" : " <span class=\"aside\">remark in the log</span>") +
                         (locate(note, analysis_) ? ""
                                                  : " <span class=\"bad\">detached: the text has changed</span>")});
        if (rows.empty()) return;
        section("notes", "Notes");
        out_ += "<table>" + heading_row({"Where", "Note", "On"}) + "<tbody>" + rows + "</tbody></table>\n";
    }

    void evidence() {
        section("evidence", "Evidence");
        out_ += "<table>" + heading_row({"File", "What it is", "Bytes", "SHA-256"}) + "<tbody>";
        for (std::size_t i = 0; i < analysis_.artifacts.size(); ++i) {
            const ArtifactInfo& info = analysis_.artifacts[i];
            out_ += "<tr id=\"a" + std::to_string(i) + "\"><td>" + escaped(info.artifact.path) + "</td><td>" +
                    std::string(name_of(info.artifact.kind)) + "</td><td>" +
                    grouped(static_cast<long long>(info.artifact.bytes.size())) + "</td><td><code>" +
                    (info.sha256 ? *info.sha256 : sha256_hex(info.artifact.bytes.view())) + "</code></td></tr>\n";
        }
        out_ += "</tbody></table>\n";
    }

    void unreadable() {
        if (analysis_.problems.empty() && analysis_.missing.empty()) return;
        section("missing", "What was not readable or is missing");
        out_ += "<ul>\n";
        for (const Error& problem : analysis_.problems) out_ += element("li", problem.text()) + "\n";
        for (const Missing& missing : analysis_.missing)
            out_ += element("li", "Debug info of " + missing.module + " (" + counted(missing.frames, "frame") +
                                      "): " + missing.how) +
                    "\n";
        out_ += "</ul>\n";
    }

    const Analysis& analysis_;
    const CaseFile& notes_;
    std::string out_;
};

}  // namespace

std::string html_report(const Analysis& analysis, const CaseFile& notes) {
    return Page(analysis, notes).build();
}

}  // namespace stallsight
