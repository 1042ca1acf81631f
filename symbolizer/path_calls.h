// The ways through a function to a place in it: which calls were made before it, and which per-CPU variables of x86
// were added to.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "symbolizer/call_site.h"

namespace stallsight {

struct PathEnd {
    std::uint64_t address = 0;
    bool return_address = true;  // the place is the call that ends there
};

// See Symbolizer::paths_to().
std::vector<CallPath> call_paths(CallSites& sites, const Symbol& function, const PathEnd& end,
                                 const std::function<bool(std::string_view)>& matters);

}  // namespace stallsight
