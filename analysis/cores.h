// The boards and cores of a bundle: what each ran, and in what state it was.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

std::vector<CoreInfo> find_cores(const Analysis& analysis);

}  // namespace stallsight
