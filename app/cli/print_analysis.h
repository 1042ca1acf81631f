// The analysis as text for a person at a terminal.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight::cli {

std::string print_analysis(const Analysis& analysis, bool color);

}  // namespace stallsight::cli
