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

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

// An underscore is none: "eth0_10.1.2.3" holds an address.
bool is_alnum(char c) {
    return is_alpha(c) || is_digit(c);
}

bool ends_at(std::string_view text, std::size_t n) {
    return n == text.size() || !is_alnum(text[n]);
}

template <class Fits>
std::size_t run(std::string_view text, Fits fits) {
    std::size_t n = 0;
    while (n < text.size() && fits(text[n])) ++n;
    return n;
}

// A 64-bit address, as printed by %px and %016lx, with or without 0x. A 32-bit one in brackets, [<c0123456>], or
// with its highest bit set, as the kernel's are: c0123456, 0x80001000. Decimal numbers are none.
std::optional<Match> match_address(std::string_view text) {
    constexpr std::size_t digits64 = 16;
    constexpr std::size_t digits32 = 8;
    if (text.starts_with("[<")) {
        const std::size_t n = run(text.substr(2), is_hex);
        if (n >= digits32 && n <= digits64 && text.substr(2 + n).starts_with('>')) return Match{"address", 2, n};
        return std::nullopt;
    }
    const std::size_t prefix = text.starts_with("0x") || text.starts_with("0X") ? 2 : 0;
    const std::string_view digits = text.substr(prefix, run(text.substr(prefix), is_hex));
    const std::size_t n = digits.size();
    if (n == 0 || !ends_at(text, prefix + n)) return std::nullopt;
    const bool is_long = prefix == 2 ? n > digits32 && n <= digits64 : n == digits64;
    const bool has_letter = std::any_of(digits.begin(), digits.end(), is_alpha);
    const bool is_short = n == digits32 && (prefix == 2 || has_letter) && (digits[0] >= '8' || is_alpha(digits[0]));
    return is_long || is_short ? std::optional(Match{"address", 0, prefix + n}) : std::nullopt;
}

std::optional<Match> match_mac(std::string_view text) {
    constexpr std::size_t length = 17;  // 00:11:22:aa:bb:cc
    if (text.size() < length || !ends_at(text, length) || text.substr(length).starts_with(':')) return std::nullopt;
    for (std::size_t i = 0; i < length; ++i)
        if (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : !is_hex(text[i])) return std::nullopt;
    return Match{"mac", 0, length};
}

// The longest front part that is an address: also at the end of a sentence, and before a port or a further field.
std::optional<Match> match_ip(std::string_view text, int family, std::size_t shortest, bool (*is_part)(char)) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    constexpr std::size_t longest = INET6_ADDRSTRLEN;
    for (std::size_t n = std::min(run(text, is_part), longest); n >= shortest; --n)
        if (ends_at(text, n) && is_hex(text[n - 1]) &&
            ::inet_pton(family, std::string(text.substr(0, n)).c_str(), address.data()) == 1)
            return Match{"ip", 0, n};
    return std::nullopt;
}

std::optional<Match> match_ip(std::string_view text, std::size_t at) {
    constexpr std::size_t shortest4 = 7, shortest6 = 3;  // 1.2.3.4, ::1
    const std::string_view rest = text.substr(at);
    const bool inside_number = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
    if (!inside_number)
        if (auto found = match_ip(rest, AF_INET, shortest4, [](char c) { return is_digit(c) || c == '.'; }))
            return found;
    const bool inside_words = at > 1 && text[at - 1] == ':' && is_hex(text[at - 2]);
    if (inside_words) return std::nullopt;
    return match_ip(rest, AF_INET6, shortest6, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

std::optional<Match> match_pattern(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (auto mac = match_mac(rest)) return mac;
    if (auto address = match_address(rest)) return address;
    return match_ip(text, at);
}

}  // namespace

Redactor::Redactor(std::vector<std::string> words) {
    for (const std::string& word : words) list("word", word, false);
}

Redactor::Redactor(std::vector<std::string> words, const PrivateNames& names) : Redactor(std::move(words)) {
    patterns_ = true;
    for (const std::string& host : names.hosts) list("host", host, true);
    for (const std::string& serial : names.serials) list("serial", serial, true);
}

// The longer one first: "nt-a-backup" is not "nt-a" with something behind it. The user's words go before names.
void Redactor::list(std::string_view what, const std::string& name, bool whole) {
    if (name.empty()) return;
    const auto place = std::find_if(listed_.begin(), listed_.end(), [&](const Listed& other) {
        return other.whole == whole && other.name.size() < name.size();
    });
    listed_.insert(place, {what, lower(name), whole});
}

const Redactor::Listed* Redactor::listed_at(std::string_view text, std::size_t at) const {
    const std::string_view rest = text.substr(at);
    const bool starts = at == 0 || !is_alnum(text[at - 1]);
    for (const Listed& listed : listed_) {
        const std::string& name = listed.name;
        if (lower(rest.front()) != name.front() || rest.size() < name.size()) continue;
        if (listed.whole && (!starts || !ends_at(rest, name.size()))) continue;
        if (lower(rest.substr(0, name.size())) == name) return &listed;
    }
    return nullptr;
}

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
        std::optional<Match> match;
        if (const Listed* listed = listed_at(text, i); listed != nullptr)
            match = Match{listed->what, 0, listed->name.size()};
        else if (patterns_ && (i == 0 || !is_alnum(text[i - 1])))
            match = match_pattern(text, i);
        if (!match) {
            out += text[i++];
            continue;
        }
        out += text.substr(i, match->begin);
        out += replacement(match->what, text.substr(i + match->begin, match->length));
        i += match->begin + match->length;
    }
    return out;
}

}  // namespace stallsight
