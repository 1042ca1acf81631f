#include "parsers/records/stamp.h"

#include <algorithm>
#include <array>

#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::uint64_t microseconds = 1'000'000;

// Matches `s` against a shape: 'd' a digit, '_' a digit or blank, 'a' a letter, anything else itself.
bool has_shape(std::string_view s, std::string_view shape) {
    if (s.size() < shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const char c = s[i];
        const bool ok = shape[i] == 'd'   ? is_digit(c)
                        : shape[i] == '_' ? is_digit(c) || c == ' '
                        : shape[i] == 'a' ? is_alpha(c)
                                          : c == shape[i];
        if (!ok) return false;
    }
    return true;
}

std::size_t digits_at(std::string_view s, std::size_t at) {
    std::size_t n = 0;
    while (at + n < s.size() && is_digit(s[at + n])) ++n;
    return n;
}

// ".123456" or ",123456" behind the seconds.
std::size_t fraction_at(std::string_view s, std::size_t at) {
    if (at >= s.size() || (s[at] != '.' && s[at] != ',')) return 0;
    const std::size_t n = digits_at(s, at + 1);
    return n == 0 ? 0 : n + 1;
}

std::size_t zone_at(std::string_view s, std::size_t at) {
    const std::string_view rest = s.substr(std::min(at, s.size()));
    if (rest.starts_with('Z')) return 1;
    if (has_shape(rest, "+dd:dd") || has_shape(rest, "-dd:dd")) return 6;
    if (has_shape(rest, "+dddd") || has_shape(rest, "-dddd")) return 5;
    return 0;
}

std::size_t iso_at(std::string_view s) {
    if (!has_shape(s, "dddd-dd-ddTdd:dd:dd") && !has_shape(s, "dddd-dd-dd dd:dd:dd")) return 0;
    const std::size_t n = 19 + fraction_at(s, 19);
    return n + zone_at(s, n);
}

// journalctl in another language: "июл 27 14:08:03", "févr. 03 12:44:18"
std::size_t localized_syslog_at(std::string_view s) {
    const std::size_t word = s.substr(0, 24).find(' ');
    if (word == std::string_view::npos || word < 3) return 0;
    const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '.'; };
    const std::string_view month = s.substr(0, word);
    if (std::none_of(month.begin(), month.end(), foreign) ||
        !std::all_of(month.begin(), month.end(), [&](char c) { return foreign(c) || is_alpha(c); }) ||
        !has_shape(s.substr(word), " _d dd:dd:dd"))
        return 0;
    return word + 12 + fraction_at(s, word + 12);
}

std::size_t plain_wall_at(std::string_view s) {
    if (const std::size_t n = iso_at(s)) return n;
    if (has_shape(s, "aaa _d dd:dd:dd dddd")) return 20;                  // terminal programs
    if (has_shape(s, "aaa _d dd:dd:dd")) return 15 + fraction_at(s, 15);  // syslog, journalctl short
    if (has_shape(s, "aaa aaa _d dd:dd:dd dddd")) return 24;
    if (has_shape(s, "dddd/dd/dd dd:dd:dd")) return 19 + fraction_at(s, 19);
    if (has_shape(s, "aaa dddd-dd-dd dd:dd:dd aaa")) return 27;  // journalctl short-full
    if (has_shape(s, "dd:dd:dd")) return 8 + fraction_at(s, 8);
    if (has_shape(s, "dddddddddd.dddddd")) return 17;  // journalctl short-unix, ts %.s
    return localized_syslog_at(s);
}

std::size_t bracketed_wall_at(std::string_view s) {
    if (!s.starts_with('[')) return 0;
    const std::string_view inside = s.substr(1);
    if (has_shape(inside, "aaadd dd:dd]")) return 13;  // dmesg --reltime, first line of a minute
    if (has_shape(inside, "aaa_d dd:dd]")) return 13;
    const std::size_t n = plain_wall_at(inside);
    if (n != 0 && n < inside.size() && inside[n] == ']') return n + 2;
    return 0;
}

std::size_t delta_at(std::string_view s) {  // "[  +0.000012]", "[<    0.000012>]"
    if (!s.starts_with('[')) return 0;
    std::size_t n = 1;
    while (n < s.size() && (s[n] == ' ' || s[n] == '<' || s[n] == '+')) ++n;
    if (s.substr(0, n).find_first_of("<+") == std::string_view::npos) return 0;
    const std::size_t whole = digits_at(s, n);
    const std::size_t part = fraction_at(s, n + whole);
    n += whole + part;
    if (whole == 0 || part == 0) return 0;
    if (n < s.size() && s[n] == '>') ++n;
    return n < s.size() && s[n] == ']' ? n + 1 : 0;
}

}  // namespace

void eat_noise(std::string_view& s) {
    while (!s.empty()) {
        const auto c = static_cast<unsigned char>(s.front());
        if (c == 0x1b) {
            std::size_t n = 1;
            if (n < s.size() && s[n] == '[') {
                for (++n; n < s.size() && (s[n] < '@' || s[n] > '~') && n < 32;) ++n;
            }
            s.remove_prefix(std::min(n + 1, s.size()));
        } else if (c < 0x20 && c != '\t') {
            s.remove_prefix(1);
        } else {
            return;
        }
    }
}

std::optional<int> eat_level(std::string_view& s) {
    std::string_view rest = s;
    if (!eat(rest, "<")) return std::nullopt;
    const auto value = eat_number(rest);
    if (!value || *value > 191 || !eat(rest, ">")) return std::nullopt;
    s = rest;
    return static_cast<int>(*value & 7U);
}

std::optional<int> eat_named_level(std::string_view& s) {
    static constexpr std::array<std::string_view, 8> names = {"emerg", "alert",  "crit", "err",
                                                              "warn",  "notice", "info", "debug"};
    if (s.size() < 16 || s[6] != ':' || s[13] != ':' || !is_alpha(s[0])) return std::nullopt;
    const std::string_view name = trim(s.substr(7, 6));
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    s.remove_prefix(14);
    eat(s, " ");
    return static_cast<int>(found - names.begin());
}

std::optional<Time> eat_kernel_stamp(std::string_view& s) {
    std::string_view rest = s;
    if (!eat(rest, "[")) return std::nullopt;
    eat_blanks(rest);
    const auto whole = eat_number(rest);
    if (!whole || !has_shape(rest, ".dddddd")) return std::nullopt;
    rest.remove_prefix(1);
    const auto part = eat_number(rest);
    if (!part || *part >= microseconds || *whole > 1'000'000'000'000) return std::nullopt;
    if (rest.starts_with(" <")) {
        const std::size_t end = rest.find('>');
        if (end == std::string_view::npos || end > 24) return std::nullopt;
        rest.remove_prefix(end + 1);
    }
    if (!eat(rest, "]")) return std::nullopt;
    s = rest;
    return Time(static_cast<std::int64_t>(*whole * microseconds + *part));
}

std::size_t find_kernel_stamp(std::string_view s, std::size_t from) {
    for (std::size_t at = s.find('[', from); at != std::string_view::npos; at = s.find('[', at + 1)) {
        std::string_view here = s.substr(at);
        if (eat_kernel_stamp(here)) return at;
    }
    return std::string_view::npos;
}

bool eat_caller(std::string_view& s, Record& record) {
    std::string_view rest = s;
    eat(rest, " ");
    if (!eat(rest, "[")) return false;
    eat_blanks(rest);
    const bool cpu = rest.starts_with('C');
    if (!cpu && !rest.starts_with('T')) return false;
    rest.remove_prefix(1);
    const auto number = eat_number(rest);
    if (!number || *number > 0x7fffffff || !eat(rest, "]")) return false;
    (cpu ? record.caller_cpu : record.caller_tid) = static_cast<int>(*number);
    s = rest;
    return true;
}

bool eat_kmsg(std::string_view& s, Record& record) {
    std::string_view rest = s;
    const std::size_t semicolon = rest.substr(0, 160).find(';');
    if (semicolon == std::string_view::npos) return false;
    std::string_view header = rest.substr(0, semicolon);
    if (header.empty() || !is_digit(header.front())) return false;
    auto level = eat_number(header);
    if (!level || !eat(header, ",")) {  // netconsole's release: "6.1.0-13,6,416,..."
        header = rest.substr(0, semicolon);
        const std::size_t comma = header.find(',');
        if (comma == std::string_view::npos) return false;
        header.remove_prefix(comma + 1);
        level = eat_number(header);
        if (!level || !eat(header, ",")) return false;
    }
    const auto sequence = eat_number(header);
    if (!sequence || !eat(header, ",")) return false;
    const auto time = eat_number(header);
    if (!time || *time > 1'000'000'000'000'000'000 || !header.starts_with(',')) return false;
    record.level = static_cast<int>(*level & 7U);
    record.time = Time(static_cast<std::int64_t>(*time));
    if (const auto tid = number_after(header, "caller=T")) record.caller_tid = static_cast<int>(*tid);
    if (const auto cpu = number_after(header, "caller=C")) record.caller_cpu = static_cast<int>(*cpu);
    s.remove_prefix(semicolon + 1);
    return true;
}

std::string_view eat_wall(std::string_view& s) {
    std::size_t n = plain_wall_at(s);
    if (n == 0) n = bracketed_wall_at(s);
    if (n == 0) n = delta_at(s);
    if (n == 0 || (n < s.size() && s[n] != ' ' && s[n] != ':' && s[n] != '\t')) return {};
    std::string_view wall = s.substr(0, n);
    s.remove_prefix(n);
    eat(s, ":");
    eat(s, " ");
    if (wall.starts_with('[')) wall = wall.substr(1, wall.size() - 2);
    return wall;
}

}  // namespace stallsight
