// Ties the patches of the runs to what their reports ran through.
#pragma once

#include "analysis/compare/signatures.h"

namespace stallsight {

// The functions that the patches of all sides change, each with how many reports of each side ran through it; says
// in each row which of them its stacks run through.
std::vector<PatchedFunction> find_patched(const std::vector<Side>& sides, std::vector<SignatureRow>& rows);

}  // namespace stallsight
