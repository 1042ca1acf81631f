// Puts the lines of one report into its event: stacks, sections, machine lines. Shared by all kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/reports/event.h"
#include "parsers/reports/kind.h"

namespace stallsight {

class Body {
public:
    Body(const ReportKind& kind, Event& event) : kind_(kind), event_(event) {}

    // One more line; true when it belongs to the report.
    bool take(std::string_view message, std::uint64_t line);
    // The line just taken is the report's last one.
    [[nodiscard]] bool ended() const { return ended_; }
    // Chooses the stack that the report is about. Call once, after the last line.
    void finish();

    [[nodiscard]] std::uint64_t line() const { return line_; }
    // The stack entry that the line just taken was.
    struct Entry {
        std::string function;  // the outer one of arm's "from" lines
        bool reliable = true;
        std::optional<std::uint64_t> stack;
    };
    [[nodiscard]] const std::optional<Entry>& last_entry() const { return last_entry_; }
    // The next stack entry is the place where preemption was disabled.
    [[nodiscard]] bool expects_place() const { return disabled_at_; }
    [[nodiscard]] bool in_section() const { return open_ < event_.sections.size(); }
    [[nodiscard]] bool in_stack() const {
        return in_section() && event_.sections[open_].kind == Section::Kind::call_trace;
    }
    // A stack with at least one entry has been read.
    [[nodiscard]] bool has_stack() const;
    Section* open() { return open_ < event_.sections.size() ? &event_.sections[open_] : nullptr; }
    Section& start(Section section);
    void close() { open_ = none; }
    void end() { ended_ = true; }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    bool take_frame(std::string_view message);
    bool take_section(std::string_view message);
    bool take_machine(std::string_view message);
    bool take_cpu_line(std::string_view message);
    bool take_task_line(std::string_view message);
    void add_frame(Frame frame);

    const ReportKind& kind_;
    Event& event_;
    std::size_t open_ = none;
    std::optional<Frame> ip_;    // seen, waiting for its stack
    std::optional<Frame> link_;  // what the link register says: who called, where no stack follows
    std::optional<Entry> last_entry_;
    std::uint64_t line_ = 0;
    std::size_t frames_ = 0;
    bool disabled_at_ = false;
    bool ended_ = false;
};

}  // namespace stallsight
