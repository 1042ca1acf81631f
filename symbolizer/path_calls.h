// The ways through a function to a place in it: which calls were made before it.
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

// What x86 code adds to preempt_count without a call (preempt_disable() in line) is listed as a call of this, the
// amount being its first argument.
inline constexpr std::string_view preempt_count_in_line = "__preempt_count";

// See Symbolizer::paths_to().
std::vector<CallPath> call_paths(CallSites& sites, const Symbol& function, const PathEnd& end,
                                 const std::function<bool(std::string_view)>& matters);

}  // namespace stallsight
