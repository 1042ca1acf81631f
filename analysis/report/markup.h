// Text from a log, made harmless for HTML and SVG: markup, control characters and direction marks stay text.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

std::string escaped(std::string_view text);

// What escaped() made of markup characters, undone.
std::string unescaped(std::string_view text);

// The same protection for formats without markup of their own: control characters and direction marks as \xNN.
std::string harmless(std::string_view text);

}  // namespace stallsight
