// Which reports are about preemption, and how the chain of such a report ends.
#pragma once

#include <optional>

#include "analysis/analysis.h"

namespace stallsight {

// Nothing: the report is not about preemption, so it has no chain.
std::optional<Chain::Ending> ending_of(const EventInfo& event);

}  // namespace stallsight
