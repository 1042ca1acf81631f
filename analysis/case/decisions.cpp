#include "analysis/case/decisions.h"

#include <algorithm>

#include "analysis/case/anchor.h"
#include "analysis/signature.h"

namespace stallsight {

namespace {

std::string because(const Note& note, const std::string& decision) {
    return decision + " (note " + note.id + (note.text.empty() ? "" : ": " + note.text) + ")";
}

void blame(EventInfo& event, const Frame& guilty, const Note& note) {
    const auto& frames = event.report.frames;
    const auto at = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) {
        return f.module == guilty.module &&
               without_clone_suffix(f.function) == without_clone_suffix(guilty.function);
    });
    if (at == frames.end()) return;
    event.guilty.function = at->function;
    event.guilty.module = at->module;
    event.guilty.frame = static_cast<std::size_t>(at - frames.begin());
    event.guilty.reason = because(note, "you said so");
    event.guilty.by_user = true;
    event.title = canonical_title(event.report, event.guilty);
    event.signature = signature_of(event);
}

void decide(Analysis& analysis, const Note& note, const Anchor& anchor) {
    const EventInfo* chosen = event_at(anchor, note, analysis);
    if (chosen == nullptr) return;
    const std::string signature = chosen->signature;
    Frame guilty;
    for (const Frame& frame : chosen->report.frames)
        if (frame.line == anchor.line) guilty = frame;
    for (EventInfo& event : analysis.events) {
        if (event.signature != signature) continue;
        if (note.decision == Decision::no_problem)
            event.set_aside = because(note, "not a problem here: you said so");
        if (note.decision == Decision::guilty && !guilty.function.empty()) blame(event, guilty, note);
    }
}

}  // namespace

void apply_decisions(Analysis& analysis, const CaseFile& file) {
    for (const Note& note : file.notes) {
        if (note.decision != Decision::guilty && note.decision != Decision::no_problem) continue;
        if (const auto anchor = locate(note, analysis)) decide(analysis, note, *anchor);
    }
}

ClockHints clock_hints(const Analysis& analysis, const CaseFile& file, std::vector<std::string> same_moments) {
    ClockHints hints{std::move(same_moments), {}};
    for (const Note& note : file.notes) {
        if (note.decision != Decision::same_moment && note.decision != Decision::clock) continue;
        const auto anchor = locate(note, analysis);
        if (!anchor) continue;
        const Artifact& artifact = analysis.artifacts[anchor->artifact].artifact;
        if (note.decision == Decision::same_moment)
            hints.same_moments.push_back(note.same_as + "=" + artifact.path + ":" + std::to_string(anchor->line));
        else
            hints.set.push_back(
                {artifact.board, artifact.core, note.offset_s, note.error_s, because(note, "set by hand"), {}});
    }
    return hints;
}

}  // namespace stallsight
