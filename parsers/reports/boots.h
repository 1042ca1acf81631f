// Tells the boots in one log apart: the kernel's clock starts again, with a banner or without one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parsers/reports/clock_samples.h"

namespace stallsight {

class Boots {
public:
    // `banners`: offsets of "Linux version" lines, ascending. A console that is registered late gets all earlier
    // messages once more (kernel/printk/printk.c, CON_PRINTBUFFER): such a replay is no boot.
    Boots(std::string_view text, const std::vector<std::uint64_t>& banners,
          const std::vector<ClockSample>& samples);

    [[nodiscard]] int count() const { return static_cast<int>(starts_.size()); }
    [[nodiscard]] int at(std::uint64_t offset) const;
    [[nodiscard]] const std::vector<std::uint64_t>& starts() const { return starts_; }

private:
    std::vector<std::uint64_t> starts_;  // of each boot; the first is 0
};

}  // namespace stallsight
