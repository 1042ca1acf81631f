// The style of the report page and of the pictures in it: light, dark and print.
#pragma once

#include <string>

namespace stallsight {

std::string page_style();

}  // namespace stallsight
