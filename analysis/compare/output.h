// A comparison for machines.
#pragma once

#include <functional>
#include <string>

#include "analysis/compare/compare.h"

namespace stallsight {

std::string to_json(const Comparison& comparison);  // schema stallsight.comparison/1, docs/json.md

// JUnit XML as CI servers read it: each signature is a test case.
std::string to_junit(const Comparison& comparison, const std::function<bool(const SignatureComparison&)>& fails);

}  // namespace stallsight
