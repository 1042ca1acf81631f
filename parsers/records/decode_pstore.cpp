// pstore's records, put behind each other as they stand in /sys/fs/pstore or /var/lib/systemd/pstore.
#include <algorithm>

#include "parsers/records/decode.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// A dump has a few; more headers than these are lines like any other.
constexpr std::size_t most_parts = 1024;
constexpr std::size_t longest_header = 40;

// "Panic#1 Part3", "Oops#2 Part1"
struct Part {
    std::uint64_t part = 0;
    std::string_view reason;  // "Panic#1"
    std::size_t begin = 0, end = 0;
    std::uint64_t line = 0;  // at `begin`
};

std::optional<Part> part_header(std::string_view line) {
    const std::string_view s = trim(line.substr(0, 2 * longest_header));
    const std::size_t hash = s.find('#');
    if (hash == std::string_view::npos || hash == 0 || hash > 16 || s.size() > longest_header) return std::nullopt;
    if (!std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(hash), is_alpha)) return std::nullopt;
    std::string_view rest = s.substr(hash + 1);
    if (!eat_number(rest) || !eat(rest, " Part")) return std::nullopt;
    Part part;
    part.reason = s.substr(0, s.size() - rest.size() - 5);
    eat(rest, "#");
    const auto number = eat_number(rest);
    if (!number || !rest.empty()) return std::nullopt;
    part.part = *number;
    return part;
}

// Of the line that begins at `at`, without its line end.
std::string_view line_at(std::string_view text, std::size_t at) {
    return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

std::vector<Part> parts_of(std::string_view text) {
    std::vector<Part> parts;
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view line = line_at(text, at);
        const std::size_t next = std::min(at + line.size() + 1, text.size());
        ++number;
        if (auto part = parts.size() < most_parts ? part_header(line) : std::nullopt) {
            part->begin = next;
            part->line = number + 1;
            parts.push_back(*part);
        }
        parts.back().end = next;
        at = next;
    }
    return parts;
}

// Part 1 is the end of the log. Different dumps keep the order in which they stand in the file.
void put_in_order(std::vector<Part>& parts) {
    std::vector<std::string_view> reasons;
    for (const Part& part : parts)
        if (std::find(reasons.begin(), reasons.end(), part.reason) == reasons.end()) reasons.push_back(part.reason);
    const auto place = [&](const Part& part) { return std::find(reasons.begin(), reasons.end(), part.reason); };
    std::stable_sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
        return a.reason != b.reason ? place(a) < place(b) : a.part > b.part;
    });
}

std::vector<Piece> pstore_pieces(std::string_view text) {
    if (!part_header(line_at(text, 0))) return {};
    std::vector<Part> parts = parts_of(text);
    if (parts.size() < 2) return {};
    put_in_order(parts);
    std::vector<Piece> pieces;
    for (const Part& part : parts) {
        std::vector<Piece> of_part = divide(text.substr(0, part.end), part.begin, next_line);
        if (!of_part.empty()) of_part.front().line = part.line;
        pieces.insert(pieces.end(), of_part.begin(), of_part.end());
    }
    return pieces;
}

void rewrite_pstore(std::string_view text, const Piece& piece, LineWriter& out) {
    each_line(text, piece, out, [&](std::string_view line, LineOrigin origin) { out.add({}, line, origin); });
}

}  // namespace

const LogForm pstore_form{pstore_pieces, rewrite_pstore};

}  // namespace stallsight
