// The lines of a saved session as they were printed, though a terminal, its pager or a mail cut them in two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// Where the right edge of a terminal cut the lines of `text`, in columns: more(1) puts a line end there, and so do
// some terminals of whom lines are copied. Nothing where too few lines end there to tell.
std::optional<std::size_t> right_edge(std::string_view text);

struct SessionLine {
    std::string text;  // as it was seen, without blanks at its end
    LogLines place;    // the lines of the session that it takes
};

class SessionLines {
public:
    SessionLines(std::string_view text, std::optional<std::size_t> edge) : text_(text), edge_(edge) {}

    // The next one; nothing at the end.
    std::optional<SessionLine> take();

private:
    std::string take_printed(LogLines& place);
    // `line` with the next one behind it, if that is the rest of it. `at_edge`: it ends where lines are cut;
    // `logged`: it is the kernel's.
    [[nodiscard]] std::optional<std::string> joined(const std::string& line, bool at_edge, bool logged) const;

    std::string_view text_;
    std::optional<std::size_t> edge_;
    std::uint64_t offset_ = 0, line_ = 1;
};

}  // namespace stallsight
