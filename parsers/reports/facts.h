// Lines that say something about the kernel that printed the log.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parsers/reports/scan.h"

namespace stallsight {

// The literals that such lines hold.
const std::vector<std::string_view>& fact_literals();

// `at` is the offset in the record's message where a literal was found.
std::optional<Fact> read_fact(const Record& record, std::string_view at);

}  // namespace stallsight
