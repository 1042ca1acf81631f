// What the debug info says about each link of a chain: its source line, and whether the call before its return
// address goes to the frame further in.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

void prove_links(Chain& chain, const EventInfo& event);

}  // namespace stallsight
