// Text from a log, made harmless for HTML and SVG: markup, control characters and direction marks stay text.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

std::string escaped(std::string_view text);

}  // namespace stallsight
