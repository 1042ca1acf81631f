// A line as a terminal showed it. script(1) saves all that was sent to one: prompts that are edited, pages of
// less(1) and more(1) with their own prompts wiped out again, colours.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

// `line` without its line end. What CR, BS and "erase to the end of the line" overwrite is gone; other escape
// sequences (ECMA-48) are left out.
std::string shown_by_terminal(std::string_view line);

// Would shown_by_terminal() change it?
bool has_terminal_codes(std::string_view line);

}  // namespace stallsight
