// What a serial console prints that is not the kernel's: getty's and systemd's text may stand in the middle of a
// kernel record, with or without line ends of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/reports/lines.h"

namespace stallsight {

// A way to read a line without such text. Whether its halves make sense together is for others to judge.
struct TornLine {
    std::string_view first;   // the line up to the text
    std::size_t least = 0;    // the text may begin as early as here in `first`
    std::string_view second;  // what stands behind the text
    std::uint64_t rest = 0;   // offset of the line that holds `second`
    std::uint64_t next = 0;   // offset of the line behind that one
};

// The text has a line end of its own, and the second half stands in one of the lines behind.
std::optional<TornLine> torn_over_lines(std::string_view text, const LineView& line);

// A prompt stands in the line; where it begins is not known.
std::vector<TornLine> torn_by_prompt(const LineView& line);

// What tears headers. Where the header's first half is no literal of a report kind, as "BUG: " is, one of these
// must stand in its line.
std::span<const std::string_view> torn_header_literals();

}  // namespace stallsight
