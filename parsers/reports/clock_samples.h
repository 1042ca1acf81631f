// What the clocks of a log show here and there: often enough to find where one starts again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/records/record.h"

namespace stallsight {

// Distance of the samples in bytes. Beyond 4 GiB it grows with the log, so that what is kept of the samples does
// not.
constexpr std::uint64_t clock_stride(std::uint64_t log_bytes) {
    constexpr std::uint64_t least = std::uint64_t{64} * 1024, most_samples = std::uint64_t{64} * 1024;
    return std::max(least, log_bytes / most_samples + 1);
}

// The first record with a clock at or behind a place, as far as a few lines without one may hide it.
struct ClockSample {
    std::uint64_t offset = 0;  // of the place, where a line begins
    std::optional<Time> time;
    std::string_view wall;  // points into the text
};

// One each clock_stride(), and the last line's.
std::vector<ClockSample> sample_clocks(std::string_view text);

}  // namespace stallsight
