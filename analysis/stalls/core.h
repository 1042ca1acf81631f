#pragma once

#include <string>
#include <utility>

namespace stallsight {

using Core = std::pair<std::string, std::string>;  // board, core: either may be empty

}  // namespace stallsight
