#include "analysis/report/markup.h"

#include <algorithm>
#include <array>

namespace stallsight {

namespace {

// Length of the valid UTF-8 sequence at the front of `text`, or 0. RFC 3629: no overlong form, no surrogate.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0U) != 0x80) return 0;
    if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf0 && byte(1) < 0x90) ||
        (lead == 0xf4 && byte(1) > 0x8f))
        return 0;
    return length;
}

// Marks that turn the direction of text around or hide it could make a report say what the log does not.
bool is_direction_mark(std::string_view character) {
    static constexpr std::array<std::string_view, 13> marks = {"\u061c", "\u200b", "\u200e", "\u200f", "\u202a",
                                                               "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                                               "\u2067", "\u2068", "\u2069"};
    for (const std::string_view mark : marks)
        if (character == mark) return true;
    return false;
}

void append_byte(std::string& out, unsigned char byte) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

struct Entity {
    char character;
    std::string_view name;
};
constexpr std::array entities = {Entity{'&', "&amp;"}, Entity{'<', "&lt;"}, Entity{'>', "&gt;"},
                                 Entity{'"', "&quot;"}, Entity{'\'', "&#39;"}};

void append_character(std::string& out, char c) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 32 && c != '\t' && c != '\n') || u == 127)
        append_byte(out, u);
    else
        out += c;
}

void append_entity(std::string& out, char c) {
    for (const Entity& entity : entities)
        if (entity.character == c) {
            out += entity.name;
            return;
        }
    append_character(out, c);
}

std::string rewritten(std::string_view text, void (*append)(std::string&, char)) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const bool c1_control = length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
        if (length == 1) {
            append(out, text[0]);
        } else if (length == 0 || c1_control || is_direction_mark(text.substr(0, length))) {
            for (std::size_t i = 0; i < std::max<std::size_t>(length, 1); ++i)
                append_byte(out, static_cast<unsigned char>(text[i]));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

}  // namespace

std::string escaped(std::string_view text) {
    return rewritten(text, append_entity);
}

std::string harmless(std::string_view text) {
    return rewritten(text, append_character);
}

std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto entity = std::find_if(entities.begin(), entities.end(),
                                         [&](const Entity& e) { return text.starts_with(e.name); });
        const bool found = entity != entities.end();
        out += found ? entity->character : text.front();
        text.remove_prefix(found ? entity->name.size() : 1);
    }
    return out;
}

}  // namespace stallsight
