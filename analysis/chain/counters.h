// What x86 counts preemption in, and changes inline where CONFIG_DEBUG_PREEMPT is off.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace stallsight {

// arch/x86/include/asm/preempt.h. From 6.2 to 6.14 the count is in pcpu_hot, where it is the only number that
// anything is added to in four bytes.
constexpr std::array<std::string_view, 2> counters = {"__preempt_count", "pcpu_hot"};

inline bool is_counter(std::string_view name) {
    return std::find(counters.begin(), counters.end(), name) != counters.end();
}

}  // namespace stallsight
