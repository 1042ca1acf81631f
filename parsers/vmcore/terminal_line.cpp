#include "parsers/vmcore/terminal_line.h"

#include <algorithm>

namespace stallsight {

namespace {

constexpr char escape = '\x1b', bell = '\a';

// The length of the sequence that begins with ESC at the start of `text`: CSI up to its final byte, OSC up to its
// BEL, the two that name a character set, else one byte behind ESC.
std::size_t sequence_length(std::string_view text) {
    if (text.size() < 2) return text.size();
    std::size_t end = 2;
    const auto until = [&](auto is_last) {
        while (end < text.size() && !is_last(text[end])) ++end;
        return std::min(end + 1, text.size());
    };
    switch (text[1]) {
        case '[':
            return until([](char c) { return c >= '@' && c <= '~'; });
        case ']':
            return until([](char c) { return c == bell; });
        case '(':
        case ')':
            return std::min<std::size_t>(3, text.size());
        default:
            return end;
    }
}

}  // namespace

bool has_terminal_codes(std::string_view line) {
    return std::any_of(line.begin(), line.end(),
                       [](char c) { return c == '\r' || c == '\b' || c == escape || c == bell; });
}

std::string shown_by_terminal(std::string_view line) {
    std::string shown;
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size();) {
        std::size_t length = 1;
        switch (line[i]) {
            case '\r':
                column = 0;
                break;
            case '\b':
                column -= column > 0 ? 1 : 0;
                break;
            case bell:
                break;
            case escape: {
                length = sequence_length(line.substr(i));
                const std::string_view sequence = line.substr(i, length);
                if (sequence == "\x1b[K" || sequence == "\x1b[0K") shown.resize(column);
                break;
            }
            default:
                if (column == shown.size()) shown += ' ';
                shown[column++] = line[i];
        }
        i += length;
    }
    return shown;
}

}  // namespace stallsight
