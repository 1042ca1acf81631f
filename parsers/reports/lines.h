// Walks over the lines of a log of any size: a line longer than the bound is taken up to it, and ends the walk.
#pragma once

#include <cstdint>
#include <string_view>

namespace stallsight {

constexpr std::uint64_t longest_line = std::uint64_t{64} * 1024;

struct LineView {
    std::uint64_t offset = 0;
    std::string_view text;   // without the line end
    std::uint64_t next = 0;  // offset of the next line; text.size() at the end
    bool cut = false;        // the line is longer than `longest_line`
};

// The line that starts at `offset`.
LineView line_from(std::string_view text, std::uint64_t offset);
// The line that covers `offset`; of an overlong line the part around it.
LineView line_around(std::string_view text, std::uint64_t offset);
// The line before the one that starts at `offset`; empty at the start.
LineView line_before(std::string_view text, std::uint64_t offset);

}  // namespace stallsight
