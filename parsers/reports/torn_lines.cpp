#include "parsers/reports/torn_lines.h"

#include <algorithm>

#include "parsers/records/stamp.h"
#include "parsers/reports/frame.h"
#include "parsers/reports/machine_line.h"
#include "parsers/reports/sections.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool is_frame(std::string_view message) {
    return parse_frame_line(message) || parse_ip_line(message);
}

bool has_meaning(std::string_view message) {
    return is_frame(message) || open_section(message) || (is_cpu_line(message) && parse_cpu_line(message)) ||
           classify_machine_line(message) != MachineLine::none;
}

// "0/0x40 [mod]" or only "0": what may follow when an entry was torn inside its numbers.
bool ends_an_entry(std::string_view rest) {
    const auto digits =
        std::find_if_not(rest.begin(), rest.end(), [](char c) { return is_hex(c) || c == '/' || c == 'x'; });
    rest.remove_prefix(static_cast<std::size_t>(digits - rest.begin()));
    return rest.empty() || rest.starts_with(" [") || rest.starts_with(" (");
}

bool is_rest(std::string_view beginning, std::string_view next, std::string_view joined) {
    if (is_frame(beginning)) return is_frame(joined) && ends_an_entry(next);
    const bool begins_anew = is_blank(next.front()) || next.front() == '[';
    return !begins_anew && has_meaning(joined) && !has_meaning(beginning);
}

}  // namespace

std::vector<Record> records_in(std::string_view text, const Record& first) {
    const auto begin = static_cast<std::size_t>(first.message.data() - text.data());
    std::size_t stamp = find_kernel_stamp(text, begin);
    if (stamp == std::string_view::npos || stamp == begin) return {first};
    std::vector<Record> records;
    std::size_t start = 0;
    for (; stamp != std::string_view::npos; stamp = find_kernel_stamp(text, stamp + 1)) {
        records.push_back(parse_record(text.substr(start, stamp - start)));
        start = stamp;
    }
    records.push_back(parse_record(text.substr(start)));
    return records;
}

std::optional<std::string> join_torn(const Record& beginning, const Record& next) {
    const bool stamped = next.time || next.level || !next.wall.empty();
    if (stamped || next.message.empty() || !beginning.time) return std::nullopt;
    std::string joined = std::string(beginning.message).append(next.message);
    if (!is_rest(beginning.message, next.message, joined)) return std::nullopt;
    return joined;
}

}  // namespace stallsight
