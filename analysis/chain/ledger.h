// The ledger: what each frame of a chain added to preempt_count, and how that is known.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// The links [first, last] get `added`, `effect`, `basis`, `proof` and `count_after`. `printed`: what they must come
// to (without what the scheduler added); nothing: the report prints no count, and then only what is certain is
// counted. `realtime`: locks and bottom halves do not count (PREEMPT_RT). Sets chain.unexplained and
// chain.contradictory.
void fill_ledger(Chain& chain, const EventInfo& event, std::size_t first, std::size_t last,
                 std::optional<std::int64_t> printed, bool realtime);

}  // namespace stallsight
