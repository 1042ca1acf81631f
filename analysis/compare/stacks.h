// Stacks as they can be compared between builds: function names alone, no offset, no address, no clone suffix.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

using Stack = std::vector<std::string>;  // innermost first

// The frames that are really on the stack ("? symbol" is not). At most the innermost 64.
Stack stack_of(const EventInfo& event);

// Edit distance over the longer length: 0 the same, 1 nothing in common. Two empty stacks have nothing in common.
double stack_distance(const Stack& a, const Stack& b);

// Functions of `a` that `b` does not have, each once.
Stack only_in(const Stack& a, const Stack& b);

}  // namespace stallsight
