// preempt_count by bit field: include/linux/preempt.h, and include/linux/hardirq.h before 3.13.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

inline constexpr std::uint32_t softirq_offset = 0x100;          // SOFTIRQ_OFFSET: serving a softirq
inline constexpr std::uint32_t softirq_disable_offset = 0x200;  // SOFTIRQ_DISABLE_OFFSET: local_bh_disable()
inline constexpr std::uint32_t hardirq_offset = 0x10000;        // HARDIRQ_OFFSET

// `release`: of the kernel that printed it ("5.4.72"), which decides the width of the fields; empty: a recent one.
PreemptCount decode_preempt_count(std::uint32_t raw, const std::string& release = {});

// "bottom halves off once + 3"
std::string preempt_words(const PreemptCount& count);

// PREEMPT_RT: spinlocks are mutexes and local_bh_disable() is counted in the task (kernel/softirq.c), so that
// neither shows in preempt_count. Such a kernel says so in its release ("-rt14") or its banner ("PREEMPT_RT").
bool is_realtime(const std::string& release_or_banner);

}  // namespace stallsight
