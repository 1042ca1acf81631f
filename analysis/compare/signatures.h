// The reports of all sides, gathered by signature.
#pragma once

#include "analysis/compare/compare.h"
#include "analysis/compare/stacks.h"

namespace stallsight {

struct SignatureRow {
    SignatureComparison comparison;
    std::vector<std::vector<const EventInfo*>> events;  // a side
    Stack stack;                                        // the one that was printed most often
};

std::vector<SignatureRow> gather_signatures(const std::vector<Side>& sides);

// Fills `near` of what is gone with what is new, and the other way round.
void find_near_matches(std::vector<SignatureRow>& rows);

}  // namespace stallsight
