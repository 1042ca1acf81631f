#include "parsers/text.h"

#include <charconv>

namespace stallsight {

std::string_view trim_left(std::string_view s) {
    while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
    return s;
}

std::string_view trim(std::string_view s) {
    s = trim_left(s);
    while (!s.empty() && (is_blank(s.back()) || s.back() == '\r' || s.back() == '\0')) s.remove_suffix(1);
    return s;
}

bool contains(std::string_view s, std::string_view part) {
    return s.find(part) != std::string_view::npos;
}

bool eat(std::string_view& s, std::string_view prefix) {
    if (!prefix.empty() && !begins(s, prefix)) return false;
    s.remove_prefix(prefix.size());
    return true;
}

void eat_blanks(std::string_view& s) {
    s = trim_left(s);
}

namespace {

template <class T>
std::optional<T> eat_integer(std::string_view& s, int base) {
    T value{};
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value, base);
    if (error != std::errc{}) return std::nullopt;
    s.remove_prefix(static_cast<std::size_t>(end - s.data()));
    return value;
}

}  // namespace

std::optional<std::uint64_t> eat_number(std::string_view& s) {
    return eat_integer<std::uint64_t>(s, 10);
}

std::optional<std::int64_t> eat_signed(std::string_view& s) {
    return eat_integer<std::int64_t>(s, 10);
}

std::optional<std::uint64_t> eat_hex(std::string_view& s) {
    std::string_view rest = s;
    if (rest.starts_with("0x") || rest.starts_with("0X")) rest.remove_prefix(2);
    const auto value = eat_integer<std::uint64_t>(rest, 16);
    if (value) s = rest;
    return value;
}

std::string_view eat_word(std::string_view& s) {
    std::size_t n = 0;
    while (n < s.size() && !is_blank(s[n])) ++n;
    const std::string_view word = s.substr(0, n);
    s.remove_prefix(n);
    return word;
}

std::optional<std::int64_t> number_after(std::string_view s, std::string_view key) {
    const std::size_t at = s.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    s.remove_prefix(at + key.size());
    eat_blanks(s);
    return eat_signed(s);
}

std::optional<std::uint64_t> hex_after(std::string_view s, std::string_view key) {
    const std::size_t at = s.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    s.remove_prefix(at + key.size());
    eat_blanks(s);
    return eat_hex(s);
}

std::string_view word_after(std::string_view s, std::string_view key) {
    const std::size_t at = s.find(key);
    if (at == std::string_view::npos) return {};
    s.remove_prefix(at + key.size());
    eat_blanks(s);
    return s.substr(0, s.find_first_of(" \t,"));
}

std::string_view between(std::string_view s, std::string_view key, std::string_view stop) {
    const std::size_t at = s.find(key);
    if (at == std::string_view::npos) return {};
    s.remove_prefix(at + key.size());
    return s.substr(0, s.find(stop));
}

std::vector<std::string_view> split_blanks(std::string_view s) {
    std::vector<std::string_view> words;
    for (eat_blanks(s); !s.empty(); eat_blanks(s)) words.push_back(eat_word(s));
    return words;
}

}  // namespace stallsight
