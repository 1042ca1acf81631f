#include "parsers/reports/wall_times.h"

#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int lines_without_stamp = 1000;  // at the start of a boot: a boot loader's

}  // namespace

WallTimes::WallTimes(std::string_view text, const Calendar& calendar, const Boots& boots)
    : text_(text), calendar_(calendar), boots_(boots) {
    for (const std::uint64_t start : boots.starts()) {
        std::optional<Moment> first;
        std::uint64_t at = start;
        for (int i = 0; i < lines_without_stamp && at < text.size() && !first; ++i) {
            first = moment_at(at);
            at = line_from(text, at).next;
        }
        first_.push_back(first);
    }
}

std::optional<Moment> WallTimes::moment_at(std::uint64_t offset) const {
    const auto clock = calendar_.at(offset, parse_record(line_from(text_, offset).text).wall);
    if (!clock) return std::nullopt;
    return clock->moment;
}

std::optional<Time> WallTimes::at(std::uint64_t offset) const {
    const auto moment = moment_at(offset);
    const auto& first = first_[static_cast<std::size_t>(boots_.at(offset))];
    if (!moment || !first) return std::nullopt;
    return *moment - *first;
}

}  // namespace stallsight
