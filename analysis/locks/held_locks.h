// The locks that a lockdep report lists as held ("2 locks held by hwa/77:"), by the function that took them.
#pragma once

#include <string>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

// Classes as printed, in the order of taking: "&c->alloc_sem".
std::vector<std::string> locks_taken_in(const Event& report, const std::string& function);

}  // namespace stallsight
