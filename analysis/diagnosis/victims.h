// Stalls that are consequences: the stalled CPU only waits for what a task holds that was scheduled away.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Needs the chains and the stalls. Where frames, locks, tasks and times tie a stall to a sleep in atomic context,
// the stall and its reports become its consequence.
void tie_victims(Analysis& analysis);

}  // namespace stallsight
