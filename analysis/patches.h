// Ties the hunks of the bundle's patches to the frames of its chains.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Needs analysis.chains; fills analysis.patch_hunks and the links' hunks.
void tie_patches(Analysis& analysis);

}  // namespace stallsight
