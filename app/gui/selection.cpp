#include "app/gui/selection.h"

#include <algorithm>
#include <charconv>

#include "analysis/vmcore/sentences.h"

namespace stallsight::gui {

namespace {

std::optional<std::size_t> frame_on_line(const std::vector<Frame>& frames, std::uint64_t line) {
    const auto it = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) { return f.line == line; });
    if (it == frames.end()) return std::nullopt;
    return static_cast<std::size_t>(it - frames.begin());
}

}  // namespace

Selection::Selection(QObject* parent) : QObject(parent) {}

void Selection::show(AnalysisPtr analysis) {
    analysis_ = std::move(analysis);
    event_.clear();
    task_.reset(), frame_.reset(), artifact_.reset();
    range_.reset();
    line_ = 0;
    emit analysis_changed();
    if (!analysis_) return;
    // The answer's own evidence is what one wants to see first.
    for (const Diagnosis& diagnosis : analysis_->diagnoses)
        for (const std::string& id : diagnosis.evidence)
            if (analysis_->event(id)) return pick_event(id);
    if (!analysis_->events.empty()) return pick_event(analysis_->events.front().id);
    // Anew, should a list that was filled just now have picked it: whoever was told before that had the old
    // analysis.
    artifact_.reset();
    if (!analysis_->artifacts.empty()) pick_artifact(0);
}

void Selection::pick_event(const std::string& id) {
    const EventInfo* picked = analysis_ ? analysis_->event(id) : nullptr;
    if (!picked) return;
    event_ = id;
    task_.reset();
    artifact_ = picked->artifact;
    frame_ = picked->guilty.frame;
    line_ = picked->report.line;
    emit changed();
}

void Selection::pick_task(const TaskAt& task, std::optional<std::size_t> frame) {
    if (!analysis_ || task.crash >= analysis_->crashes.size()) return;
    const CrashInfo& crash = analysis_->crashes[task.crash];
    if (task.task >= crash.state.tasks.size()) return;
    task_ = task;
    frame_ = frame;
    // A dump is no text.
    if (const std::uint64_t line = crash.state.tasks[task.task].line) {
        artifact_ = crash.artifact;
        line_ = line;
    }
    emit changed();
}

bool Selection::pick_pid(int pid) {
    std::optional<TaskAt> found;
    for (std::size_t crash = 0; analysis_ && crash < analysis_->crashes.size(); ++crash) {
        const CrashInfo& info = analysis_->crashes[crash];
        const auto it = std::find_if(info.state.tasks.begin(), info.state.tasks.end(),
                                     [&](const KernelTask& task) { return task.task.pid == pid; });
        if (it == info.state.tasks.end()) continue;
        // A dump says more of a task than a saved session does.
        const bool dump = analysis_->artifacts[info.artifact].artifact.kind == ArtifactKind::vmcore;
        if (!found || dump) found = {crash, static_cast<std::size_t>(it - info.state.tasks.begin())};
        if (dump) break;
    }
    if (found) pick_task(*found, telling_frame(analysis_->crashes[found->crash].state.tasks[found->task]));
    return found.has_value();
}

void Selection::pick_frame(std::size_t frame) {
    const std::vector<Frame>* shown = frames();
    if (!shown || frame >= shown->size()) return;
    frame_ = frame;
    if (const std::uint64_t line = (*shown)[frame].line) {
        artifact_ = task_ ? analysis_->crashes[task_->crash].artifact : event()->artifact;
        line_ = line;
    }
    emit changed();
}

void Selection::pick_line(std::size_t artifact, std::uint64_t line) {
    if (!analysis_ || artifact >= analysis_->artifacts.size()) return;
    artifact_ = artifact;
    line_ = line;
    task_ = task_on_line(*analysis_, artifact, line);
    if (task_) frame_ = frame_on_line(task()->frames, line);
    if (const EventInfo* here = event_at(*analysis_, artifact, line)) {
        if (here->id != event_) frame_ = here->guilty.frame;
        event_ = here->id;
        if (const auto frame = frame_on_line(here->report.frames, line)) frame_ = frame;
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

std::optional<std::pair<double, double>> Selection::range_on(const Artifact& artifact) const {
    if (!range_) return std::nullopt;
    if (artifact.board == range_->board && artifact.core == range_->core)
        return std::pair(range_->from_s, range_->to_s);
    const ClockOffset* theirs = analysis_->offset_of(artifact.board, artifact.core);
    const ClockOffset* ours = analysis_->offset_of(range_->board, range_->core);
    if (theirs == nullptr || ours == nullptr) return std::nullopt;
    const double by = ours->offset_s - theirs->offset_s;
    return std::pair(range_->from_s + by, range_->to_s + by);
}

bool Selection::in_range(const EventInfo& event) const {
    if (!range_) return true;
    const auto range = range_on(analysis_->artifacts[event.artifact].artifact);
    if (!range || !event.report.time) return false;
    const double at = seconds(*event.report.time);
    return at >= range->first && at <= range->second;
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

const KernelTask* Selection::task() const {
    return task_ ? &analysis_->crashes[task_->crash].state.tasks[task_->task] : nullptr;
}

const std::vector<Frame>* Selection::frames() const {
    if (const KernelTask* on = task()) return &on->frames;
    const EventInfo* on = event();
    return on ? &on->report.frames : nullptr;
}

const Frame* Selection::frame_record() const {
    const std::vector<Frame>* shown = frames();
    return shown && frame_ && *frame_ < shown->size() ? &(*shown)[*frame_] : nullptr;
}

const Resolution* Selection::frame_symbols() const {
    if (!frame_ || !frame_record()) return nullptr;
    const auto of = [&](const std::vector<std::optional<Resolution>>& symbols) {
        return *frame_ < symbols.size() && symbols[*frame_] ? &*symbols[*frame_] : nullptr;
    };
    if (!task_) return of(event()->symbols);
    const CrashInfo& crash = analysis_->crashes[task_->crash];
    return task_->task < crash.symbols.size() ? of(crash.symbols[task_->task]) : nullptr;
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

std::optional<TaskAt> task_on_line(const Analysis& analysis, std::size_t artifact, std::uint64_t line) {
    for (std::size_t i = 0; i < analysis.crashes.size(); ++i) {
        if (analysis.crashes[i].artifact != artifact || line == 0) continue;
        const auto& tasks = analysis.crashes[i].state.tasks;
        const auto it = std::find_if(tasks.begin(), tasks.end(), [&](const KernelTask& task) {
            return !task.frames.empty() && line >= task.line && line <= task.line_last;
        });
        if (it != tasks.end()) return TaskAt{i, static_cast<std::size_t>(it - tasks.begin())};
    }
    return std::nullopt;
}

std::optional<std::size_t> artifact_of_path(const Analysis& analysis, const std::string& path) {
    const auto& all = analysis.artifacts;
    auto it = std::find_if(all.begin(), all.end(), [&](const ArtifactInfo& a) { return a.artifact.path == path; });
    if (it == all.end()) return std::nullopt;
    return static_cast<std::size_t>(it - all.begin());
}

}  // namespace stallsight::gui
