// The wall clock of a log as moments: syslog's stamps have no year, and the year changes under way.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/records/wall_clock.h"
#include "parsers/reports/clock_samples.h"

namespace stallsight {

// "rtc_cmos 00:01: setting system clock to 2022-01-27T16:21:07 UTC (1643300467)" (drivers/rtc/class.c).
struct SystemClockSet {
    std::uint64_t offset = 0;  // in the line
    WallClock clock;
};
// The first such line, where the log begins.
std::optional<SystemClockSet> find_system_clock_set(std::string_view text);

class Calendar {
public:
    // The line that sets the system clock says which year it is.
    Calendar(std::string_view text, const std::vector<ClockSample>& samples);

    // The moment of the stamp at `offset`. Without a known year `year` is false and the log's first year is 2000:
    // moments of one log still differ by what lies between them.
    [[nodiscard]] std::optional<WallClock> at(std::uint64_t offset, std::string_view stamp) const;

private:
    [[nodiscard]] std::optional<WallClock> relative(std::uint64_t offset, std::string_view stamp) const;
    void find_year(std::string_view text);

    std::vector<std::uint64_t> new_years_;  // offsets of the first stamps of each further year
    std::optional<int> first_year_;
};

}  // namespace stallsight
