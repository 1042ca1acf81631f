#include "parsers/bundle/location.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace stallsight {

namespace {

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> out;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        if (slash != 0) out.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return out;
}

bool digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_core(std::string_view word) {
    if (!word.starts_with("core")) return false;
    word.remove_prefix(4);
    if (word.starts_with('-') || word.starts_with('_')) word.remove_prefix(1);
    return digits(word);
}

// Board names of telecom shelves: a controller "nt-a", a line card "lt-12", "board-3", "slot-4", "blade-1".
bool is_board(std::string_view word) {
    static constexpr std::array<std::string_view, 5> prefixes = {"nt-", "lt-", "board-", "slot-", "blade-"};
    return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) {
        if (!word.starts_with(p)) return false;
        const std::string_view rest = word.substr(p.size());
        return digits(rest) || (rest.size() == 1 && std::isalpha(static_cast<unsigned char>(rest[0])) != 0);
    });
}

// "nt-a_core-0_kern.log" -> "nt-a", "core-0", "kern"
void read_file_name(std::string_view name, Location& location) {
    while (!name.empty()) {
        const std::size_t end = name.find_first_of("_. ");
        const std::string_view word = name.substr(0, end);
        if (location.board.empty() && is_board(word)) location.board = word;
        if (location.core.empty() && is_core(word)) location.core = word;
        if (end == std::string_view::npos) return;
        name.remove_prefix(end + 1);
    }
}

}  // namespace

Location location_of(std::string_view path) {
    Location location;
    const auto parts = components(path);
    if (parts.empty()) return location;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (is_board(parts[i])) location.board = parts[i];
        if (!is_core(parts[i])) continue;
        location.core = parts[i];
        if (i > 0 && location.board.empty()) location.board = parts[i - 1];
    }
    read_file_name(parts.back(), location);
    return location;
}

}  // namespace stallsight
