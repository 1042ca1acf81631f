// The machine-readable contract, schema stallsight.analysis/1: the same bytes for the same input. docs/json.md.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

std::string to_json(const Analysis& analysis);

}  // namespace stallsight
