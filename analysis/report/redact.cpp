#include "analysis/report/redact.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "parsers/text.h"

namespace stallsight {

namespace {

struct Match {
    std::string_view what;
    std::size_t begin = 0, length = 0;  // of the part that is replaced, from the place that was looked at
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool is_word(char c) {
    return is_alpha(c) || is_digit(c) || c == '_';
}

template <class Fits>
std::size_t run(std::string_view text, Fits fits) {
    std::size_t n = 0;
    while (n < text.size() && fits(text[n])) ++n;
    return n;
}

// A 64-bit address, as printed by %px and %016lx, with or without 0x; a 32-bit one in brackets: [<c0123456>].
std::optional<Match> match_address(std::string_view text) {
    constexpr std::size_t digits64 = 16;
    constexpr std::size_t digits32 = 8;
    if (text.starts_with("[<")) {
        const std::size_t n = run(text.substr(2), is_hex);
        if (n >= digits32 && n <= digits64 && text.substr(2 + n).starts_with('>')) return Match{"address", 2, n};
        return std::nullopt;
    }
    const std::size_t prefix = text.starts_with("0x") || text.starts_with("0X") ? 2 : 0;
    const std::size_t n = run(text.substr(prefix), is_hex);
    const bool ends = prefix + n == text.size() || !is_word(text[prefix + n]);
    const bool is_long = prefix == 2 ? n > digits32 && n <= digits64 : n == digits64;
    return ends && is_long ? std::optional(Match{"address", 0, prefix + n}) : std::nullopt;
}

std::optional<Match> match_mac(std::string_view text) {
    constexpr std::size_t length = 17;  // 00:11:22:aa:bb:cc
    if (text.size() < length || (text.size() > length && (is_word(text[length]) || text[length] == ':')))
        return std::nullopt;
    for (std::size_t i = 0; i < length; ++i)
        if (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : !is_hex(text[i])) return std::nullopt;
    return Match{"mac", 0, length};
}

std::optional<Match> match_ip(std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    const auto is_ip = [&](int family, std::size_t n) {
        return ::inet_pton(family, std::string(text.substr(0, n)).c_str(), address.data()) == 1;
    };
    const std::size_t n4 = run(text, [](char c) { return is_digit(c) || c == '.'; });
    for (std::size_t n : {n4, n4 > 0 && text[n4 - 1] == '.' ? n4 - 1 : n4})  // at the end of a sentence
        if (n >= 7 && (n == text.size() || !is_word(text[n])) && is_ip(AF_INET, n)) return Match{"ip", 0, n};
    const std::size_t n6 = run(text, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    for (std::size_t n : {n6, n6 > 0 && (text[n6 - 1] == ':' || text[n6 - 1] == '.') ? n6 - 1 : n6})
        if (n >= 3 && (n == text.size() || !is_word(text[n])) &&
            std::any_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(n), is_hex) && is_ip(AF_INET6, n))
            return Match{"ip", 0, n};
    return std::nullopt;
}

// "Serial Number: ABC12345", "S/N ABC12345": the number behind the words.
std::optional<Match> match_serial(std::string_view text) {
    static constexpr std::array<std::string_view, 4> names = {"serial number", "serial no", "serialno", "s/n"};
    constexpr std::size_t shortest = 4;
    const std::string head = lower(text.substr(0, 16));
    for (const std::string_view name : names) {
        if (!head.starts_with(name)) continue;
        const std::size_t gap = run(text.substr(name.size()), [](char c) {
            return c == ' ' || c == ':' || c == '=' || c == '.' || c == '#';
        });
        const std::size_t begin = name.size() + gap;
        const std::size_t n = run(text.substr(begin), [](char c) { return is_word(c) || c == '-'; });
        if (gap > 0 && n >= shortest) return Match{"serial", begin, n};
    }
    return std::nullopt;
}

std::optional<Match> match_listed(std::string_view text, const std::vector<std::string>& list,
                                  std::string_view what, bool whole) {
    for (const std::string& word : list) {
        if (text.size() < word.size() || lower(text.substr(0, word.size())) != word) continue;
        if (whole && text.size() > word.size() && is_word(text[word.size()])) continue;
        return Match{what, 0, word.size()};
    }
    return std::nullopt;
}

std::optional<Match> match_pattern(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (auto serial = match_serial(rest)) return serial;
    if (auto mac = match_mac(rest)) return mac;
    if (auto address = match_address(rest)) return address;
    const bool inside_number = at > 1 && (text[at - 1] == '.' || text[at - 1] == ':') && is_hex(text[at - 2]);
    return inside_number ? std::nullopt : match_ip(rest);
}

std::vector<std::string> prepared(std::vector<std::string> list) {
    for (std::string& word : list) word = lower(word);
    std::erase_if(list, [](const std::string& word) { return word.empty(); });
    // The longer one first: "nt-a-backup" is not "nt-a" with something behind it.
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return list;
}

}  // namespace

Redactor::Redactor(bool patterns, std::vector<std::string> hosts, std::vector<std::string> words)
    : patterns_(patterns), hosts_(prepared(std::move(hosts))), words_(prepared(std::move(words))) {}

std::string Redactor::replacement(std::string_view what, std::string_view found) {
    std::string key = lower(found);
    if (what == "address" && key.starts_with("0x")) key.erase(0, 2);
    std::string& word = known_[key];
    if (word.empty()) word = std::string(what) + "-" + std::to_string(++numbers_[std::string(what)]);
    return word;
}

std::string Redactor::operator()(std::string_view text) {
    std::string out;
    std::size_t i = 0;
    while (i < text.size()) {
        const std::string_view rest = text.substr(i);
        auto match = match_listed(rest, words_, "word", false);
        const bool starts_word = i == 0 || !is_word(text[i - 1]);
        if (!match && starts_word) match = match_listed(rest, hosts_, "host", true);
        if (!match && starts_word && patterns_) match = match_pattern(text, i);
        if (!match) {
            out += text[i++];
            continue;
        }
        out += rest.substr(0, match->begin);
        out += replacement(match->what, rest.substr(match->begin, match->length));
        i += match->begin + match->length;
    }
    return out;
}

}  // namespace stallsight
