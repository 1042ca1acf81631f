// The source lines that a chain leads to, for the report.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// HTML: for the guilty link first and then for each other link of the chain whose source is at hand, a few lines
// around the call, the line itself marked. Empty where no source is.
std::string chain_sources(const Analysis& analysis, const Chain& chain);

}  // namespace stallsight
