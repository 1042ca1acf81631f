// The source lines that a chain leads to, for the report.
#pragma once

#include "analysis/report/document.h"

namespace stallsight {

// For the guilty link first and then for each other link of the chain whose source is at hand: where it is, and a
// few lines around the call, the line itself strong. Empty where no source is.
std::vector<Block> chain_sources(const Analysis& analysis, const Chain& chain);

}  // namespace stallsight
