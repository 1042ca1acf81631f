// Times of a log in which printk shows none (printk.time=0) but something else stamped the lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/records/record.h"
#include "parsers/reports/boots.h"
#include "parsers/reports/calendar.h"

namespace stallsight {

class WallTimes {
public:
    // All three must outlive this.
    WallTimes(std::string_view text, const Calendar& calendar, const Boots& boots);

    // Since the first stamp of the boot in which the line at `offset` stands.
    [[nodiscard]] std::optional<Time> at(std::uint64_t offset) const;

private:
    [[nodiscard]] std::optional<Moment> moment_at(std::uint64_t offset) const;

    std::string_view text_;
    const Calendar& calendar_;
    const Boots& boots_;
    std::vector<std::optional<Moment>> first_;  // of each boot
};

}  // namespace stallsight
