// Counts line ends at memory speed.
#pragma once

#include <cstdint>
#include <string_view>

namespace stallsight {

std::uint64_t count_newlines(std::string_view text);

}  // namespace stallsight
