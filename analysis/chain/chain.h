// The preempt-disabled chain: from the frame that switched preemption off to the one that slept.
#pragma once

#include <optional>

#include "analysis/analysis.h"

namespace stallsight {

// Of an atomic_sleep event with a stack; nothing for other events, which are not about preemption.
std::optional<Chain> build_chain(const EventInfo& event);

// What the task did: "slept in mutex_lock with bottom halves off since __dev_queue_xmit".
std::string sleep_words(const EventInfo& event, const Chain& chain);

}  // namespace stallsight
