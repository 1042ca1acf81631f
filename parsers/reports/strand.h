// One report while its lines are being collected. Several may be open at once: the console does not wait for one
// CPU to end before another one prints.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/reports/body.h"
#include "parsers/reports/event.h"
#include "parsers/reports/kind.h"

namespace stallsight {

// A report's first line, read.
struct Opening {
    const ReportKind* kind = nullptr;
    Record record;
    Event event;
    // Where user-space text stood in the line: the line without it, into which `record` points, and the offset of
    // the line that holds its second half.
    std::shared_ptr<const std::string> mended;
    std::uint64_t rest = 0;
};

inline constexpr std::string_view mended_reason =
    "user-space text stands inside its lines; they were read without it";

class Strand {
public:
    // `line` and `next`: the number of the report's first line, and the offset of the line behind it.
    Strand(Opening opening, std::uint64_t line, std::uint64_t next);
    Strand(const Strand&) = delete;  // the body points into the event
    Strand& operator=(const Strand&) = delete;
    ~Strand() = default;

    [[nodiscard]] const Event& event() const { return event_; }
    [[nodiscard]] const ReportKind& kind() const { return kind_; }
    [[nodiscard]] bool open() const { return open_; }
    [[nodiscard]] bool has_stack() const { return body_.has_stack(); }
    // The last line was an entry of this report's stack, and not its outermost one.
    [[nodiscard]] bool inside_stack() const { return last_was_frame_ && !outermost_; }
    // Whether the report may go on behind another one's first line: its stack is not complete, and nothing says
    // that the same CPU or task prints both.
    [[nodiscard]] bool may_go_on(const Opening& other, std::uint64_t line) const;

    // What printk's caller tags say. A CPU that was asked for its stack becomes a caller of this report too.
    [[nodiscard]] bool tagged() const;
    bool may_be_of_caller(const Record& record);

    // Whether the record is far too late to be this report's.
    [[nodiscard]] bool too_late(const Record& record) const;

    // Offers a line; true when the report took it. Closes the report at its end mark, or when too much came that is
    // nobody's.
    bool take(const Record& record, std::uint64_t line, std::uint64_t next);
    void close() { open_ = false; }

    // How well a line fits this report when several are open.
    enum class Fit {
        none,    // it cannot be its line
        may_be,  // nothing speaks for it or against it
        next,    // the line before it was this report's
        turn,    // this report goes on beside the others, and such a line is what it lacks
        proved,  // its CPU, task or stack says so
    };
    [[nodiscard]] Fit fit(const Record& record, std::uint64_t line) const;
    // A line that was proved to be its own came after another report had begun.
    void goes_on_beside() { beside_ = true; }
    // Its lines were not all told apart from those of the report that begins in line `other`.
    void mixed_with(std::uint64_t other);

    // User-space text was cut out of one of its lines.
    void mended();

    // "** 2395 printk messages dropped **" among the report's lines (kernel/printk/printk.c).
    void note_loss(std::string_view line);
    // The log ends here: a report that is not complete is said to be partial.
    void log_ended();

    Event finish();

private:
    void note_jiffies_time(const Record& record);
    void note_stack();

    const ReportKind& kind_;
    Record header_;
    std::shared_ptr<const std::string> header_text_;  // of a mended header
    Event event_;
    Body body_;
    std::vector<Record> callers_;
    std::optional<Time> last_time_;
    std::optional<std::uint64_t> stack_pointer_;  // of the last entry, where the architecture prints it
    std::uint64_t foreign_ = 0;
    std::int64_t lost_ = 0;
    int unrelated_ = 0;
    bool open_ = true;
    bool beside_ = false;
    bool last_was_frame_ = false;
    bool outermost_ = false;  // the last entry is where the kernel was entered
};

}  // namespace stallsight
