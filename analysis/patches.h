// Ties the hunks of the bundle's patches to the frames of its chains.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Needs analysis.chains; fills analysis.patch_hunks and the links' hunks.
void tie_patches(Analysis& analysis);

// Is `function` the one that the patch calls `named`? A diff tool may have cut the name in a heading short; a
// compiler may have put .isra.0 or .cold behind it.
bool names_function(const std::string& named, const std::string& function);

}  // namespace stallsight
