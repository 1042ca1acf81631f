// The heads of the sweep: every line that holds a literal of a report kind, a fact or a torture message holds one.
#pragma once

#include <vector>

#include "parsers/reports/sweep.h"

namespace stallsight {

constexpr std::uint64_t boot_bytes = std::uint64_t{256} * 1024;  // what a boot prints first lies within

const std::vector<Head>& line_heads();

}  // namespace stallsight
