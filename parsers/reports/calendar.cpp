#include "parsers/reports/calendar.h"

#include <algorithm>

#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int unknown_year = 2000;  // read_wall()'s
// A stamp that falls by more than this is of the next year; boards without a battery fall, too, but from or to
// 1970.
constexpr auto half_a_year = std::chrono::days(183);

std::optional<WallClock> without_year(std::string_view stamp) {
    auto clock = read_wall(stamp);
    if (clock && clock->year) return std::nullopt;
    return clock;
}

bool year_changed(const std::optional<WallClock>& before, const std::optional<WallClock>& after) {
    return before && after && before->moment - after->moment > half_a_year;
}

// The first line between `from` and `to` whose stamp is of a new year.
std::uint64_t change_between(std::string_view text, std::uint64_t from, std::uint64_t to) {
    std::optional<WallClock> last;
    for (std::uint64_t at = from; at < to && at < text.size();) {
        const LineView line = line_from(text, at);
        const auto clock = without_year(parse_record(line.text).wall);
        if (year_changed(last, clock)) return at;
        if (clock) last = clock;
        at = line.next;
    }
    return to;
}

Moment in_year(Moment moment, int year) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    std::chrono::year_month_day date(day);
    date = std::chrono::year(year) / date.month() / date.day();
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // 29 February
    return std::chrono::sys_days(date) + (moment - day);
}

int year_of(Moment moment) {
    return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(moment)).year());
}

}  // namespace

std::optional<SystemClockSet> find_system_clock_set(std::string_view text) {
    constexpr std::size_t boot_bytes = std::size_t{1} << 20U;
    constexpr std::string_view key = "setting system clock to ";
    const std::size_t at = text.substr(0, boot_bytes).find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const auto clock = read_wall(text.substr(at + key.size()));
    if (!clock) return std::nullopt;
    return SystemClockSet{at, *clock};
}

Calendar::Calendar(std::string_view text, const std::vector<ClockSample>& samples) {
    std::optional<WallClock> last;
    std::uint64_t last_offset = 0;
    for (const ClockSample& sample : samples) {
        const auto clock = without_year(sample.wall);
        if (!clock) continue;
        if (year_changed(last, clock))
            new_years_.push_back(change_between(text, last_offset, sample.offset + clock_stride(text.size())));
        last = clock;
        last_offset = sample.offset;
    }
    if (last) find_year(text);
}

void Calendar::find_year(std::string_view text) {
    const auto set = find_system_clock_set(text);
    if (!set || !set->clock.year) return;
    const LineView line = line_around(text, set->offset);
    const auto stamp = relative(line.offset, parse_record(line.text).wall);
    if (!stamp || stamp->year) return;
    first_year_ = year_of(set->clock.moment) - (year_of(stamp->moment) - unknown_year);
}

std::optional<WallClock> Calendar::relative(std::uint64_t offset, std::string_view stamp) const {
    auto clock = read_wall(stamp);
    if (!clock || clock->year) return clock;
    const auto years = std::upper_bound(new_years_.begin(), new_years_.end(), offset) - new_years_.begin();
    clock->moment = in_year(clock->moment, unknown_year + static_cast<int>(years));
    return clock;
}

std::optional<WallClock> Calendar::at(std::uint64_t offset, std::string_view stamp) const {
    auto clock = relative(offset, stamp);
    if (!clock || clock->year || !first_year_) return clock;
    // From the stamp itself: the unknown year may have a 29 February where this one has none, and the reverse.
    clock->moment = in_year(read_wall(stamp)->moment, *first_year_ + year_of(clock->moment) - unknown_year);
    clock->year = true;
    return clock;
}

}  // namespace stallsight
