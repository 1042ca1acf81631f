// Small scanners that the readers of crash's text share.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stallsight::crash {

inline std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

// Takes the next word and the blanks around it off `text`.
inline std::string_view take_word(std::string_view& text) {
    text = trimmed(text);
    std::size_t end = 0;  // find_first_of() looks the set through for each byte
    while (end < text.size() && text[end] != ' ' && text[end] != '\t') ++end;
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    text = trimmed(text);
    return word;
}

// The whole of `text` as a number.
template <std::integral Number>
std::optional<Number> number(std::string_view text, int base = 10) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// An address as crash prints one: at least 8 hexadecimal digits.
inline std::optional<std::uint64_t> address(std::string_view text) {
    return text.size() < 8 ? std::nullopt : number<std::uint64_t>(text, 16);
}

// The word behind `label`, blanks skipped: value_of("PID: 312  TASK: ff", "TASK:") is "ff".
inline std::string_view value_of(std::string_view line, std::string_view label) {
    const std::size_t at = line.find(label);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + label.size());
    return take_word(line);
}

// What stands between the first and the last quotation mark.
inline std::string_view quoted(std::string_view text) {
    const std::size_t open = text.find('"'), close = text.rfind('"');
    return open == close ? std::string_view() : text.substr(open + 1, close - open - 1);
}

}  // namespace stallsight::crash
