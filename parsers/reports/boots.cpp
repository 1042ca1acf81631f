#include "parsers/reports/boots.h"

#include <algorithm>

#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int look_around = 50;

// Whether the clock stood later shortly before the banner at `offset`: then the banner starts another boot. Some
// architectures print a few lines before their banner, all at 0.000000.
bool clock_started_again(std::string_view text, std::uint64_t offset) {
    const std::optional<Time> banner = parse_record(line_from(text, offset).text).time;
    for (int i = 0; i < look_around && offset > 0; ++i) {
        const LineView line = line_before(text, offset);
        if (line.offset >= offset) return false;
        offset = line.offset;
        if (const auto time = parse_record(line.text).time) return !banner || *time > *banner;
    }
    return false;
}

}  // namespace

Boots::Boots(std::string_view text, const std::vector<std::uint64_t>& banners) : starts_{0} {
    for (const std::uint64_t banner : banners) {
        const std::uint64_t start = line_around(text, banner).offset;
        if (start <= starts_.back()) continue;
        if (clock_started_again(text, start)) starts_.push_back(start);
    }
}

int Boots::at(std::uint64_t offset) const {
    return static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
}

}  // namespace stallsight
