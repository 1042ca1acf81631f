// Collects the frames of one stack from the lines of a back trace.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

class StackReader {
public:
    // False: the line belongs to no stack.
    bool read(std::string_view line, std::uint64_t number);
    // Whether the line is the innermost entry of a stack: "#0 ...".
    static bool begins_stack(std::string_view line);

    [[nodiscard]] bool empty() const { return frames_.empty(); }
    // False: nothing so far, or an exception's place only, before which crash prints no "#0".
    [[nodiscard]] bool has_numbers() const { return number_.has_value(); }
    [[nodiscard]] std::uint64_t last_line() const { return frames_.empty() ? 0 : last_line_; }
    // What was read so far; the reader starts anew.
    std::vector<Frame> take();

private:
    bool read_entry(std::string_view line, std::uint64_t number);
    void read_more(Frame& frame, std::string_view line);

    std::vector<Frame> frames_;
    std::uint64_t last_line_ = 0;
    std::optional<unsigned> number_;  // of the last entry: "#3"
    bool pc_wanted_ = false;          // the exception place before has no address yet
    bool of_debugger_ = false;        // drgn or gdb printed it
};

}  // namespace stallsight
