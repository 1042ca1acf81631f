// Which reports are damage of an earlier one: linked as cause and consequence, with the reason.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

void link_consequences(std::vector<EventInfo>& events);

}  // namespace stallsight
