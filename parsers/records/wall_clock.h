// What a wall-clock stamp says. The forms are those that eat_wall() (stamp.h) takes off a line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stallsight {

using Moment = std::chrono::sys_time<std::chrono::microseconds>;

struct WallClock {
    Moment moment;      // UTC where the zone is printed, else local time taken for UTC
    bool year = true;   // false: "Jan 27 16:21:07" has none, and `moment` is in 2000, a leap year
    bool zone = false;  // "+01:00", "Z", "UTC"
    std::chrono::microseconds resolution = std::chrono::seconds(1);
};

// Nothing for a stamp without a date, or with a date that no calendar has.
std::optional<WallClock> read_wall(std::string_view stamp);

// "2022-01-27T16:21:07.123456", with "Z" behind it where the zone is known.
std::string iso_text(Moment moment, bool zone);

}  // namespace stallsight
