// What is looked at: one event, frame and log line, shared by every panel, so that picking something anywhere
// moves all of them.
#pragma once

#include <QObject>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analysis/analysis.h"

namespace stallsight::gui {

using AnalysisPtr = std::shared_ptr<const Analysis>;

// A time range on one core's own clock.
struct TimeRange {
    std::string board, core;
    double from_s = 0, to_s = 0;
};

// A task of a dump or of a saved session.
struct TaskAt {
    std::size_t crash = 0, task = 0;  // indices of Analysis::crashes and of its tasks
    bool operator==(const TaskAt&) const = default;
};

class Selection : public QObject {
    Q_OBJECT
public:
    explicit Selection(QObject* parent = nullptr);

    // Starts anew on another analysis (may be null) with its first event.
    void show(AnalysisPtr analysis);
    [[nodiscard]] const AnalysisPtr& analysis() const { return analysis_; }

    void pick_event(const std::string& id);
    // The stack and the source are this task's until an event is picked.
    void pick_task(const TaskAt& task, std::optional<std::size_t> frame);
    // The first task with this PID, at the frame that tells what it does; false where none has it.
    bool pick_pid(int pid);
    void pick_frame(std::size_t frame);
    // A line inside an event picks the event and, where the line is one, the frame too; a line of a task's stack
    // picks the task.
    void pick_line(std::size_t artifact, std::uint64_t line);
    void pick_artifact(std::size_t artifact);
    // "nt-a/core-0/kern.log:25", as evidence names its place; false when there is no such artifact.
    bool pick_place(const std::string& place);
    // Only what happened in it is listed, until it is cleared.
    void pick_range(const TimeRange& range);
    void clear_range();
    [[nodiscard]] const std::optional<TimeRange>& range() const { return range_; }
    // The range on the clock of this file's core: of another core where both clocks are aligned.
    [[nodiscard]] std::optional<std::pair<double, double>> range_on(const Artifact& artifact) const;
    // Is the event in the range? True where there is no range.
    [[nodiscard]] bool in_range(const EventInfo& event) const;

    // The next (or previous) event in the order of the list; stays at the ends.
    void step(int by);

    [[nodiscard]] const EventInfo* event() const;
    [[nodiscard]] const std::optional<TaskAt>& task_at() const { return task_; }
    [[nodiscard]] const KernelTask* task() const;
    // Of the stack that is shown, the task's or the event's; null for none.
    [[nodiscard]] const Frame* frame_record() const;
    [[nodiscard]] const Resolution* frame_symbols() const;
    [[nodiscard]] std::optional<std::size_t> frame() const { return frame_; }
    [[nodiscard]] std::optional<std::size_t> artifact() const { return artifact_; }
    [[nodiscard]] std::uint64_t line() const { return line_; }  // 0: none

signals:
    void analysis_changed();
    void changed();
    void range_changed();

private:
    [[nodiscard]] const std::vector<Frame>* frames() const;

    AnalysisPtr analysis_;
    std::string event_;
    std::optional<TaskAt> task_;
    std::optional<TimeRange> range_;
    std::optional<std::size_t> frame_, artifact_;
    std::uint64_t line_ = 0;
};

// The event whose lines hold this one, or null.
const EventInfo* event_at(const Analysis& analysis, std::size_t artifact, std::uint64_t line);
// The task whose stack this line of a session is a part of.
std::optional<TaskAt> task_on_line(const Analysis& analysis, std::size_t artifact, std::uint64_t line);
std::optional<std::size_t> artifact_of_path(const Analysis& analysis, const std::string& path);

}  // namespace stallsight::gui
