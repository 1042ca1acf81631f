// The preempt-disabled chain: from the frame that switched preemption off to the one that slept.
#pragma once

#include <optional>

#include "analysis/analysis.h"

namespace stallsight {

// Of an atomic_sleep event with a stack; nothing for other events, which are not about preemption.
std::optional<Chain> build_chain(const EventInfo& event);

}  // namespace stallsight
