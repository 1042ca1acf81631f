// preempt_count by bit field.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

inline constexpr std::uint32_t softirq_offset = 0x100;          // SOFTIRQ_OFFSET: serving a softirq
inline constexpr std::uint32_t softirq_disable_offset = 0x200;  // SOFTIRQ_DISABLE_OFFSET: local_bh_disable()
inline constexpr std::uint32_t hardirq_offset = 0x10000;        // HARDIRQ_OFFSET

// `release` and `arch`: of the kernel that printed it, which decide where the fields lie (count_layout.h).
PreemptCount decode_preempt_count(std::uint32_t raw, const std::string& release = {}, std::string_view arch = {});

// "bottom halves off once + 3"
std::string preempt_words(const PreemptCount& count);

// PREEMPT_RT: spinlocks are mutexes and local_bh_disable() is counted in the task (kernel/softirq.c), so that
// neither shows in preempt_count. What makes preemption lazy counts elsewhere, too: preempt_lazy_count of RT
// patches up to 6.11, TIF_NEED_RESCHED_LAZY since 6.12. Such a kernel says so in its release ("-rt14") or its
// banner ("PREEMPT_RT").
bool is_realtime(const std::string& release_or_banner);

}  // namespace stallsight
