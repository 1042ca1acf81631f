#include "app/gui/selection.h"

#include <algorithm>
#include <charconv>

namespace stallsight::gui {

Selection::Selection(QObject* parent) : QObject(parent) {}

void Selection::show(AnalysisPtr analysis) {
    analysis_ = std::move(analysis);
    event_.clear();
    frame_.reset(), artifact_.reset();
    range_.reset();
    line_ = 0;
    emit analysis_changed();
    if (!analysis_) return;
    // The answer's own evidence is what one wants to see first.
    for (const Diagnosis& diagnosis : analysis_->diagnoses)
        for (const std::string& id : diagnosis.evidence)
            if (analysis_->event(id)) return pick_event(id);
    if (!analysis_->events.empty()) return pick_event(analysis_->events.front().id);
    if (!analysis_->artifacts.empty()) pick_artifact(0);
}

void Selection::pick_event(const std::string& id) {
    const EventInfo* picked = analysis_ ? analysis_->event(id) : nullptr;
    if (!picked) return;
    event_ = id;
    artifact_ = picked->artifact;
    frame_ = picked->guilty.frame;
    line_ = picked->report.line;
    emit changed();
}

void Selection::pick_frame(std::size_t frame) {
    const EventInfo* on = event();
    if (!on || frame >= on->report.frames.size()) return;
    frame_ = frame;
    artifact_ = on->artifact;
    if (on->report.frames[frame].line) line_ = on->report.frames[frame].line;
    emit changed();
}

void Selection::pick_line(std::size_t artifact, std::uint64_t line) {
    if (!analysis_ || artifact >= analysis_->artifacts.size()) return;
    artifact_ = artifact;
    line_ = line;
    if (const EventInfo* here = event_at(*analysis_, artifact, line)) {
        if (here->id != event_) frame_ = here->guilty.frame;
        event_ = here->id;
        const auto& frames = here->report.frames;
        auto it = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) { return f.line == line; });
        if (it != frames.end()) frame_ = static_cast<std::size_t>(it - frames.begin());
    }
    emit changed();
}

void Selection::pick_range(const TimeRange& range) {
    range_ = range;
    emit range_changed();
}

void Selection::clear_range() {
    if (!range_) return;
    range_.reset();
    emit range_changed();
}

bool Selection::in_range(const EventInfo& event) const {
    if (!range_) return true;
    const Artifact& artifact = analysis_->artifacts[event.artifact].artifact;
    if (artifact.board != range_->board || artifact.core != range_->core || !event.report.time) return false;
    const double at = seconds(*event.report.time);
    return at >= range_->from_s && at <= range_->to_s;
}

void Selection::pick_artifact(std::size_t artifact) {
    if (!analysis_ || artifact >= analysis_->artifacts.size() || artifact_ == artifact) return;
    artifact_ = artifact;
    line_ = 0;
    emit changed();
}

bool Selection::pick_place(const std::string& place) {
    if (!analysis_) return false;
    const std::size_t colon = place.rfind(':');
    std::uint64_t line = 0;
    if (colon != std::string::npos) std::from_chars(place.data() + colon + 1, place.data() + place.size(), line);
    const auto artifact = artifact_of_path(*analysis_, line ? place.substr(0, colon) : place);
    if (!artifact) return false;
    line ? pick_line(*artifact, line) : pick_artifact(*artifact);
    return true;
}

void Selection::step(int by) {
    if (!analysis_ || analysis_->events.empty()) return;
    const auto& events = analysis_->events;
    auto it = std::find_if(events.begin(), events.end(), [&](const EventInfo& e) { return e.id == event_; });
    const auto last = static_cast<std::ptrdiff_t>(events.size()) - 1;
    const auto at = it == events.end() ? (by > 0 ? -1 : last + 1) : it - events.begin();
    pick_event(events[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at + by, 0, last))].id);
}

const EventInfo* Selection::event() const {
    return analysis_ ? analysis_->event(event_) : nullptr;
}

const Frame* Selection::frame_record() const {
    const EventInfo* on = event();
    return on && frame_ && *frame_ < on->report.frames.size() ? &on->report.frames[*frame_] : nullptr;
}

const EventInfo* event_at(const Analysis& analysis, std::size_t artifact, std::uint64_t line) {
    const EventInfo* best = nullptr;
    for (const EventInfo& event : analysis.events) {
        if (event.artifact != artifact || line < event.report.line || line > event.report.line_last) continue;
        // Reports can lie inside one another; the one that started last is the one that the line is about.
        if (!best || event.report.line > best->report.line) best = &event;
    }
    return best;
}

std::optional<std::size_t> artifact_of_path(const Analysis& analysis, const std::string& path) {
    const auto& all = analysis.artifacts;
    auto it = std::find_if(all.begin(), all.end(), [&](const ArtifactInfo& a) { return a.artifact.path == path; });
    if (it == all.end()) return std::nullopt;
    return static_cast<std::size_t>(it - all.begin());
}

}  // namespace stallsight::gui
