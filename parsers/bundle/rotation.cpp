#include "parsers/bundle/rotation.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace stallsight {

namespace {

constexpr std::array<std::string_view, 6> packed = {".gz", ".xz", ".zst", ".bz2", ".lz4", ".lzma"};

// The number behind the last '.' or '-' of a path, taken off it; -1: there is none.
std::int64_t eat_number_behind(std::string_view& path) {
    std::size_t digits = 0;
    while (digits < path.size() && std::isdigit(static_cast<unsigned char>(path[path.size() - 1 - digits])) != 0)
        ++digits;
    if (digits == 0 || digits > 10 || digits + 1 >= path.size()) return -1;
    const char mark = path[path.size() - 1 - digits];
    if (mark != '.' && mark != '-') return -1;
    const std::int64_t number = std::stoll(std::string(path.substr(path.size() - digits)));
    path.remove_suffix(digits + 1);
    return number;
}

// logrotate's dateext: "-20260131", or "-20260131-1769817600" and the like with more digits.
bool is_date(std::int64_t number) {
    return number > 19'700'101 && number < 100'000'000;
}

}  // namespace

Rotation rotation_of(std::string_view path) {
    Rotation out;
    const auto extension =
        std::find_if(packed.begin(), packed.end(), [&](std::string_view e) { return path.ends_with(e); });
    if (extension != packed.end()) path.remove_suffix(extension->size());
    std::string_view rest = path;
    const std::int64_t number = eat_number_behind(rest);
    const bool counted = number >= 0 && number < 1000 && path[rest.size()] == '.';
    if (counted) {
        out.order = -number - 1;
        path = rest;
    } else if (is_date(number)) {
        // All dates are older than the log that is being written, and than any number.
        out.order = number - 100'000'000;
        path = rest;
    }
    out.log = std::string(path);
    return out;
}

}  // namespace stallsight
