// dmesg --json: { "dmesg": [ { "pri": 6, "time": 0.000000, "msg": "Linux version" }, ... ] }; one entry's fields
// may stand on one line or on several.
#include <array>
#include <charconv>
#include <cmath>

#include "parsers/records/decode.h"
#include "parsers/records/journal_entry.h"
#include "parsers/records/json_fields.h"
#include "parsers/records/newlines.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t longest_entry = std::size_t{1} << 20U;
constexpr std::size_t longest_caller = 16;  // "T4194304", "C8191"
constexpr std::array<std::string_view, 4> fields = {"pri", "time", "msg", "caller"};

bool is_space(char c) {
    return is_blank(c) || c == '\n' || c == '\r';
}

// The brace behind "}, " at or behind `at`: entries hold no inner objects.
std::size_t next_entry(std::string_view text, std::size_t at) {
    for (at = text.find('{', at); at != std::string_view::npos; at = text.find('{', at + 1)) {
        std::size_t before = at;
        const auto back_over_space = [&] {
            while (before > 0 && is_space(text[before - 1])) --before;
        };
        back_over_space();
        if (before == 0 || text[--before] != ',') continue;
        back_over_space();
        if (before > 0 && text[before - 1] == '}') return at;
    }
    return text.size();
}

std::vector<Piece> pieces_of(std::string_view text) {
    const std::string_view head = text.substr(0, 64);
    const std::size_t key = head.find("\"dmesg\"");
    if (!trim_left(head).starts_with('{') || key == std::string_view::npos) return {};
    std::vector<Piece> pieces = divide(text, key, next_entry);
    pieces.front().line = 1 + count_newlines(text.substr(0, key));
    return pieces;
}

// Behind the closing brace of the object that begins at `at`.
std::size_t behind_entry(std::string_view text, std::size_t at) {
    bool quoted = false;
    for (; at < text.size() && (quoted || text[at] != '}'); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            quoted = !quoted;
    }
    return std::min(at + 1, text.size());
}

std::string prefix_of(std::string_view pri, std::string_view time, const std::string& caller) {
    std::string prefix;
    if (const auto level = eat_number(pri)) prefix = "<" + std::to_string(*level & 7U) + ">";
    double seconds = -1;
    std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (seconds >= 0 && seconds < 1e11) prefix += kernel_stamp(std::to_string(std::llround(seconds * 1e6)));
    if (!caller.empty())
        prefix.insert(prefix.size() - (prefix.ends_with(' ') ? 1 : 0),
                      "[" + caller.substr(0, longest_caller) + "]");
    return prefix;
}

void rewrite(std::string_view source, const Piece& piece, LineWriter& out) {
    const std::string_view text = source.substr(0, piece.offset + piece.size);
    std::array<std::string, fields.size()> values;
    JsonFieldReader reader(fields);
    std::size_t counted = piece.offset;
    const auto count_to = [&](std::size_t at) {
        out.source_lines += count_newlines(text.substr(counted, at - counted));
        counted = at;
    };
    for (std::size_t at = text.find('{', piece.offset); at != std::string_view::npos; at = text.find('{', at)) {
        const std::string_view entry = text.substr(at, behind_entry(text, at) - at);
        if (entry.size() <= longest_entry && reader.read(entry, values)) {
            const auto& [pri, time, message, caller] = values;
            if (const std::size_t key = entry.find("\"msg\""); key != std::string_view::npos) {
                count_to(at + key);
                out.add(prefix_of(pri, time, caller), message, {out.source_lines, at});
            }
        }
        at += entry.size();
    }
    count_to(text.size());
}

}  // namespace

const LogForm dmesg_json_form{pieces_of, rewrite};

}  // namespace stallsight
