// From a stack to the frame that is blamed: what the rules of all kinds of report share.
#pragma once

#include "analysis/guilty/guilty.h"

namespace stallsight {

constexpr std::size_t most_candidates = 3;

// Printed as certain, and with a name.
bool usable(const Frame& frame);

std::string shown(const Frame& frame);  // "nokia_rpmsg_notify [rpmsg_platform_driver]"

void blame(Guilty& guilty, const Event& event, std::size_t index);

// The first frame from `start` on that no rule covers, and those after it as candidates.
Guilty first_uncovered(const Event& event, std::size_t start);

// For a stack of which every frame is machinery: better the least general of them than nobody.
Guilty least_general(const Event& event, std::size_t start);

// The kinds with rules of their own.
Guilty guilty_of_lockup(
    const Event& event);  // RCU stall, soft and hard lockup; also whose stack's end is corrupted
Guilty guilty_of_lockdep(const Event& event);  // what lockdep says of locks comes before the stack
// Where the stack of a lockup begins behind the interrupt that found it.
std::size_t behind_interrupt(const Event& event);

}  // namespace stallsight
