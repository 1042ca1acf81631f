// Which board and core a file is from, by its path: ".../nt-a/core-0/kern.log", "nt-a_core-0_kern.log".
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

struct Location {
    std::string board, core;  // empty: the path does not say
};

Location location_of(std::string_view path);

}  // namespace stallsight
