// The modules that each core's kernel had loaded, as its reports and the bundle's other texts say it.
#pragma once

#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

// By board, core and name.
std::vector<ModuleInfo> find_modules(const Analysis& analysis);

// What is known of the module that a log is about. A text that is of no board or core is taken to be of all. Null:
// nothing.
const ModuleInfo* module_of(const Analysis& analysis, const Artifact& log, std::string_view name);

}  // namespace stallsight
