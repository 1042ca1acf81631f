// The timeline as data, for programs that draw their own.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// Schema stallsight.timeline/1: docs/json.md.
std::string timeline_json(const Analysis& analysis);

}  // namespace stallsight
