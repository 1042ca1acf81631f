// Hand scanners over string_view: bounded, overflow-checked, without allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
// Part of a C, C++ (mangled) or Rust symbol as kallsyms prints it, compiler suffixes included.
constexpr bool is_symbol(char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '$';
}

// starts_with() for tables of words: nearly all differ in the first byte, and then no call is made.
constexpr bool begins(std::string_view s, std::string_view word) {
    return !s.empty() && !word.empty() && s.front() == word.front() && s.starts_with(word);
}

std::string_view trim(std::string_view s);
std::string_view trim_left(std::string_view s);
bool contains(std::string_view s, std::string_view part);

// Takes `prefix` off the front of `s` when it is there.
bool eat(std::string_view& s, std::string_view prefix);
void eat_blanks(std::string_view& s);
// A number at the front of `s`; nothing, and `s` untouched, when there is none or it does not fit.
std::optional<std::uint64_t> eat_number(std::string_view& s);
std::optional<std::int64_t> eat_signed(std::string_view& s);
// Hexadecimal digits, with or without 0x.
std::optional<std::uint64_t> eat_hex(std::string_view& s);
// Everything up to the next blank.
std::string_view eat_word(std::string_view& s);

// The number behind the first `key` in `s`: number_after("t=21 jiffies", "t=") is 21.
std::optional<std::int64_t> number_after(std::string_view s, std::string_view key);
std::optional<std::uint64_t> hex_after(std::string_view s, std::string_view key);
// The text behind the first `key`, up to a blank, a comma or the end.
std::string_view word_after(std::string_view s, std::string_view key);
// The text behind the first `key`, up to `stop` or the end; empty when `key` is missing.
std::string_view between(std::string_view s, std::string_view key, std::string_view stop);

std::vector<std::string_view> split_blanks(std::string_view s);

}  // namespace stallsight
