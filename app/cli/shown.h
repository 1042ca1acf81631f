// Text of a stranger's log or dump, for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace stallsight::cli {

// Without control characters.
inline std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
    return out;
}

}  // namespace stallsight::cli
