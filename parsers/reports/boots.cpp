#include "parsers/reports/boots.h"

#include <algorithm>

#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int look_around = 50;

// Whether a kernel line stands shortly before `offset`: then the banner there starts another boot.
bool kernel_before(std::string_view text, std::uint64_t offset) {
    for (int i = 0; i < look_around && offset > 0; ++i) {
        const LineView line = line_before(text, offset);
        if (line.offset >= offset) return false;
        offset = line.offset;
        if (parse_record(line.text).time) return true;
    }
    return false;
}

}  // namespace

Boots::Boots(std::string_view text, const std::vector<std::uint64_t>& banners) : starts_{0} {
    for (const std::uint64_t banner : banners) {
        const std::uint64_t start = line_around(text, banner).offset;
        if (start <= starts_.back()) continue;
        if (starts_.size() > 1 || kernel_before(text, start)) starts_.push_back(start);
    }
}

int Boots::at(std::uint64_t offset) const {
    return static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
}

}  // namespace stallsight
