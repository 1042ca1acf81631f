// Tells the boots in one log apart: the kernel's clock starts again.
#pragma once

#include <cstdint>
#include <vector>

#include "parsers/reports/scan.h"

namespace stallsight {

class Boots {
public:
    // `banners`: offsets of "Linux version" lines, ascending.
    Boots(std::string_view text, const std::vector<std::uint64_t>& banners);

    [[nodiscard]] int count() const { return static_cast<int>(starts_.size()); }
    [[nodiscard]] int at(std::uint64_t offset) const;
    [[nodiscard]] std::uint64_t last_start() const { return starts_.back(); }

private:
    std::vector<std::uint64_t> starts_;  // of each boot; the first is 0
};

}  // namespace stallsight
