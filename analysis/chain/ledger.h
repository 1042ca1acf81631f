// The ledger: what each frame of a chain added to preempt_count, and how that is known.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// What of a kernel decides which frame adds what.
struct LedgerKernel {
    bool realtime = false;                    // PREEMPT_RT: locks and bottom halves do not count
    bool counts_preemption = true;            // CONFIG_PREEMPT_COUNT: locks count
    std::uint32_t bottom_halves_off = 0x200;  // what local_bh_disable() adds
};

// The links [first, last] get `added`, `effect`, `basis`, `proof` and `count_after`. `printed`: what they must come
// to (without what the scheduler added); nothing: the report prints no count, and then only what is certain is
// counted. Sets chain.unexplained and chain.contradictory.
void fill_ledger(Chain& chain, const EventInfo& event, std::size_t first, std::size_t last,
                 std::optional<std::int64_t> printed, const LedgerKernel& kernel);

}  // namespace stallsight
