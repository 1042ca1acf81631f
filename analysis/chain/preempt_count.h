// preempt_count by bit field: include/linux/preempt.h (Linux 5.4 and 6.1 agree).
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

inline constexpr std::uint32_t softirq_offset = 0x100;          // SOFTIRQ_OFFSET: serving a softirq
inline constexpr std::uint32_t softirq_disable_offset = 0x200;  // SOFTIRQ_DISABLE_OFFSET: local_bh_disable()
inline constexpr std::uint32_t hardirq_offset = 0x10000;        // HARDIRQ_OFFSET

PreemptCount decode_preempt_count(std::uint32_t raw);

// "bottom halves off once + 3"
std::string preempt_words(const PreemptCount& count);

}  // namespace stallsight
