#include "parsers/records/wall_clock.h"

#include <array>
#include <cstdio>

#include "parsers/text.h"

namespace stallsight {

namespace {

using std::chrono::microseconds;

// Journal's and ISO's "2022-01-27", "2022/01/27", or "Jan 27", before the time of day.
struct Date {
    int year = 0, month = 0, day = 0;
    bool has_year = true;
};

int month_number(std::string_view name) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (std::size_t i = 0; i < months.size(); i += 3)
        if (name == months.substr(i, 3)) return static_cast<int>(i / 3) + 1;
    return 0;
}

bool is_name(std::string_view s) {
    return s.size() >= 4 && is_alpha(s[0]) && is_alpha(s[1]) && is_alpha(s[2]) && s[3] == ' ';
}

std::optional<int> eat_int(std::string_view& s) {
    const auto number = eat_number(s);
    if (!number || *number > 9999) return std::nullopt;
    return static_cast<int>(*number);
}

std::optional<Date> eat_date(std::string_view& s) {
    constexpr int leap_year = 2000;
    if (is_name(s) && month_number(s.substr(0, 3)) == 0) s.remove_prefix(4);  // "Thu "
    if (is_name(s)) {
        const int month = month_number(s.substr(0, 3));
        s.remove_prefix(4);
        eat_blanks(s);
        const auto day = eat_int(s);
        if (month == 0 || !day || !eat(s, " ")) return std::nullopt;
        return Date{leap_year, month, *day, false};
    }
    const auto year = eat_int(s);
    if (!year || (!eat(s, "-") && !eat(s, "/"))) return std::nullopt;
    const auto month = eat_int(s);
    if (!month || (!eat(s, "-") && !eat(s, "/"))) return std::nullopt;
    const auto day = eat_int(s);
    if (!day || (!eat(s, "T") && !eat(s, " "))) return std::nullopt;
    return Date{*year, *month, *day, true};
}

// ".123456" or ",123" in microseconds, and what one unit of its last digit is.
microseconds eat_fraction(std::string_view& s, microseconds& resolution) {
    if (!s.starts_with('.') && !s.starts_with(',')) return {};
    s.remove_prefix(1);
    microseconds value{0};
    for (microseconds digit{100'000}; !s.empty() && is_digit(s.front()); s.remove_prefix(1), digit /= 10) {
        value += digit * (s.front() - '0');
        if (digit.count() > 0) resolution = digit;
    }
    return value;
}

std::optional<microseconds> eat_time_of_day(std::string_view& s, microseconds& resolution) {
    const auto hour = eat_int(s);
    if (!hour || *hour > 23 || !eat(s, ":")) return std::nullopt;
    const auto minute = eat_int(s);
    if (!minute || *minute > 59 || !eat(s, ":")) return std::nullopt;
    const auto second = eat_int(s);
    if (!second || *second > 60) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
           eat_fraction(s, resolution);
}

// How much later than UTC the zone's clocks are.
std::optional<microseconds> eat_zone(std::string_view s) {
    eat_blanks(s);
    if (s.starts_with('Z') || s.starts_with("UTC") || s.starts_with("GMT")) return microseconds{0};
    const bool west = s.starts_with('-');
    if (!west && !s.starts_with('+')) return std::nullopt;
    s.remove_prefix(1);
    auto number = eat_int(s);
    if (!number) return std::nullopt;
    if (eat(s, ":")) {
        const auto minutes = eat_int(s);
        number = *number * 100 + minutes.value_or(0);
    }
    const microseconds ahead = std::chrono::hours(*number / 100) + std::chrono::minutes(*number % 100);
    return west ? -ahead : ahead;
}

// "1643300467.123456": seconds since 1970.
std::optional<WallClock> read_unix(std::string_view s) {
    const auto whole = eat_number(s);
    if (!whole || *whole < 100'000'000 || *whole > 100'000'000'000 || !s.starts_with('.')) return std::nullopt;
    WallClock clock;
    clock.zone = true;
    clock.moment = Moment(std::chrono::seconds(*whole));
    clock.moment += eat_fraction(s, clock.resolution);
    return clock;
}

}  // namespace

std::optional<WallClock> read_wall(std::string_view stamp) {
    if (auto clock = read_unix(stamp)) return clock;
    auto date = eat_date(stamp);
    if (!date) return std::nullopt;
    WallClock clock;
    const auto time = eat_time_of_day(stamp, clock.resolution);
    if (!time) return std::nullopt;
    if (!date->has_year && stamp.size() >= 5 && stamp.front() == ' ' && is_digit(stamp[1])) {  // dmesg -T
        stamp.remove_prefix(1);
        if (const auto year = eat_int(stamp)) *date = {*year, date->month, date->day, true};
    }
    const auto ymd = std::chrono::year(date->year) / date->month / date->day;
    if (!ymd.ok()) return std::nullopt;
    clock.year = date->has_year;
    clock.moment = std::chrono::sys_days(ymd) + *time;
    if (const auto ahead = eat_zone(stamp)) {
        clock.zone = true;
        clock.moment -= *ahead;
    }
    return clock;
}

std::string iso_text(Moment moment, bool zone) {
    const auto days = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss time(moment - days);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06d%s", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()),
                  zone ? "Z" : "");
    return text.data();
}

}  // namespace stallsight
