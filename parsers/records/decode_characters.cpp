// Text that is plain but for its characters: UTF-16, and colours.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "parsers/records/decode.h"

namespace stallsight {

namespace {

bool is_little(std::string_view text) {
    return text.starts_with("\xff\xfe");
}

char16_t unit_at(std::string_view text, std::size_t at, bool little) {
    const auto a = static_cast<unsigned char>(text[at]);
    const auto b = static_cast<unsigned char>(text[at + 1]);
    return static_cast<char16_t>(little ? a | (b << 8U) : b | (a << 8U));
}

// Behind the line end at or behind `at`, as far as `end`.
std::size_t behind_utf16_line(std::string_view text, std::size_t at, std::size_t end) {
    const bool little = is_little(text);
    while (at < end) {
        const std::size_t found = text.substr(0, end).find('\n', at);
        if (found == std::string_view::npos) return end;
        const std::size_t unit = found & ~std::size_t{1};
        if (unit + 1 < end && unit_at(text, unit, little) == u'\n') return unit + 2;
        at = found + 1;
    }
    return end;
}

std::size_t next_utf16_line(std::string_view text, std::size_t at) {
    at &= ~std::size_t{1};
    std::size_t end = std::min(at + longest_part, text.size());
    // Not between the halves of one character.
    if (end < text.size() && (unit_at(text, end, is_little(text)) & 0xfc00U) == 0xdc00) end += 2;
    return behind_utf16_line(text, at, std::min(end, text.size()));
}

void put_utf8(std::string& out, std::uint32_t c) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((c >> shift) & 0x3fU)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0U | (c >> 6U));
        tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0U | (c >> 12U));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0U | (c >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

// Nearly all of a log is ASCII: a row of units at a time.
constexpr std::size_t row = 16;
bool put_ascii_row(std::string& out, const char* units, bool little) {
    std::array<char16_t, row> in;
    std::memcpy(in.data(), units, sizeof in);
    if (little != (std::endian::native == std::endian::little))
        for (char16_t& c : in) c = static_cast<char16_t>((c << 8U) | (c >> 8U));
    unsigned all = 0;
    for (const char16_t c : in) all |= c;
    if (all >= 0x80) return false;
    std::array<char, row> ascii;
    for (std::size_t i = 0; i < row; ++i) ascii[i] = static_cast<char>(in[i]);
    out.append(ascii.data(), row);
    return true;
}

void put_utf16(std::string& out, std::string_view text, bool little) {
    std::size_t at = 0;
    while (at + 1 < text.size()) {
        if (text.size() - at >= 2 * row && put_ascii_row(out, text.data() + at, little)) {
            at += 2 * row;
            continue;
        }
        std::uint32_t c = unit_at(text, at, little);
        at += 2;
        if ((c & 0xfc00U) == 0xd800 && at + 1 < text.size()) {
            const std::uint32_t low = unit_at(text, at, little);
            if ((low & 0xfc00U) == 0xdc00) {
                c = 0x10000 + ((c - 0xd800) << 10U) + (low - 0xdc00);
                at += 2;
            }
        }
        put_utf8(out, c);
    }
}

std::vector<Piece> utf16_pieces(std::string_view text) {
    if (!is_little(text) && !text.starts_with("\xfe\xff")) return {};
    return divide(text, 2, next_utf16_line);
}

void rewrite_utf16(std::string_view text, const Piece& piece, LineWriter& out) {
    const bool little = is_little(text);
    const std::size_t end = piece.offset + piece.size;
    bool inside = piece.offset > 2 && unit_at(text, piece.offset - 2, little) != u'\n';
    for (std::size_t at = piece.offset; at + 1 < end;) {
        const std::size_t next = behind_utf16_line(text, at, end);
        if (!inside) out.begin({out.source_lines, at});
        inside = false;
        put_utf16(out.text, text.substr(at, next - at), little);
        if (out.text.ends_with('\n')) ++out.source_lines;
        at = next;
    }
}

// ECMA-48: ESC [ parameters final.
constexpr std::size_t longest_escape = 32;
std::size_t behind_escape(std::string_view text, std::size_t at, std::size_t end) {
    if (++at >= end || text[at] != '[') return at;
    const std::size_t last = std::min(end, at + longest_escape);
    for (++at; at < last; ++at)
        if (text[at] >= '@' && text[at] <= '~') return at + 1;
    return at;
}

// next_line(), but not inside an escape.
std::size_t next_coloured_line(std::string_view text, std::size_t at) {
    at = next_line(text, at);
    if (at == text.size() || text[at - 1] == '\n') return at;
    const std::size_t escape = text.substr(at - longest_escape, longest_escape).find('\x1b');
    return escape == std::string_view::npos ? at : at - longest_escape + escape;
}

std::vector<Piece> colour_pieces(std::string_view text) {
    constexpr std::size_t sample = std::size_t{64} * 1024;
    const std::string_view head = text.substr(0, sample);
    const auto lines = std::count(head.begin(), head.end(), '\n');
    const auto escapes = std::count(head.begin(), head.end(), '\x1b');
    if (escapes < 8 || escapes < lines) return {};  // two and more a line: colours, not a stray clear-screen
    return divide(text, 0, next_coloured_line);
}

void without_escapes(std::string& out, std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t escape = std::min(line.find('\x1b', at), line.size());
        out += line.substr(at, escape - at);
        at = escape < line.size() ? behind_escape(line, escape, line.size()) : escape;
    }
}

void rewrite_colours(std::string_view text, const Piece& piece, LineWriter& out) {
    const std::size_t end = piece.offset + piece.size;
    bool inside = piece.offset > 0 && text[piece.offset - 1] != '\n';
    for (std::size_t at = piece.offset; at < end;) {
        const std::size_t newline = text.substr(0, end).find('\n', at);
        const bool ends = newline != std::string_view::npos;
        const std::size_t line_end = ends ? newline : end;
        if (!inside) out.begin({out.source_lines, at});
        inside = false;
        without_escapes(out.text, text.substr(at, line_end - at));
        if (ends) {
            out.text += '\n';
            ++out.source_lines;
        }
        at = line_end + (ends ? 1 : 0);
    }
}

}  // namespace

const LogForm utf16_form{utf16_pieces, rewrite_utf16};
const LogForm colours_form{colour_pieces, rewrite_colours};

}  // namespace stallsight
