#include "parsers/records/decode.h"

#include <algorithm>

#include "parsers/text.h"

namespace stallsight {

namespace {

void put_utf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0U | (c >> 6U));
        out += static_cast<char>(0x80U | (c & 0x3fU));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0U | (c >> 12U));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3fU));
        out += static_cast<char>(0x80U | (c & 0x3fU));
    } else {
        out += static_cast<char>(0xf0U | (c >> 18U));
        out += static_cast<char>(0x80U | ((c >> 12U) & 0x3fU));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3fU));
        out += static_cast<char>(0x80U | (c & 0x3fU));
    }
}

// Calls `take(line, number, offset)` for every line.
template <class Take>
void each_line(std::string_view text, Take take) {
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        take(line, LineOrigin{++number, at});
        at = end + 1;
    }
}

// "Panic#1 Part3", "Oops#2 Part1"
struct Piece {
    std::uint64_t part = 0;
    std::string reason;  // "Panic#1"
    std::size_t order = 0;
    std::vector<std::pair<std::string_view, LineOrigin>> lines;
};

std::optional<Piece> piece_header(std::string_view line) {
    std::string_view s = trim(line);
    Piece piece;
    const std::size_t hash = s.find('#');
    if (hash == std::string_view::npos || hash == 0 || hash > 16 || s.size() > 40) return std::nullopt;
    if (!std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(hash), is_alpha)) return std::nullopt;
    std::string_view rest = s.substr(hash + 1);
    if (!eat_number(rest) || !eat(rest, " Part")) return std::nullopt;
    piece.reason = std::string(s.substr(0, s.size() - rest.size() - 5));
    eat(rest, "#");
    const auto part = eat_number(rest);
    if (!part || !rest.empty()) return std::nullopt;
    piece.part = *part;
    return piece;
}

std::string without_escapes(std::string_view line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\x1b') {
            out += line[i];
            continue;
        }
        if (i + 1 < line.size() && line[i + 1] == '[') {
            i += 2;
            while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
        }
    }
    return out;
}

}  // namespace

void RewrittenLog::add(std::string_view message, LineOrigin origin) {
    for (;;) {
        const std::size_t end = message.find('\n');
        text += message.substr(0, end);
        text += '\n';
        origins.push_back(origin);
        if (end == std::string_view::npos) return;
        message.remove_prefix(end + 1);
    }
}

std::optional<RewrittenLog> decode_utf16(std::string_view text) {
    const bool little = text.starts_with("\xff\xfe");
    if (!little && !text.starts_with("\xfe\xff")) return std::nullopt;
    RewrittenLog log;
    std::string line;
    LineOrigin origin{1, 2};
    const auto unit = [&](std::size_t at) {
        const auto a = static_cast<unsigned char>(text[at]);
        const auto b = static_cast<unsigned char>(text[at + 1]);
        return static_cast<std::uint32_t>(little ? a | (b << 8U) : b | (a << 8U));
    };
    for (std::size_t at = 2; at + 1 < text.size(); at += 2) {
        std::uint32_t c = unit(at);
        if (c >= 0xd800 && c < 0xdc00 && at + 3 < text.size()) {
            const std::uint32_t low = unit(at + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10U) + (low - 0xdc00);
                at += 2;
            }
        }
        if (c == '\n') {
            log.add(line, origin);
            line.clear();
            origin = {origin.line + 1, at + 2};
        } else if (c != '\r') {
            put_utf8(line, c);
        }
    }
    if (!line.empty()) log.add(line, origin);
    return log;
}

std::optional<RewrittenLog> decode_pstore(std::string_view text) {
    if (!piece_header(text.substr(0, text.find('\n')))) return std::nullopt;
    std::vector<Piece> pieces;
    each_line(text, [&](std::string_view line, LineOrigin origin) {
        if (auto piece = piece_header(line)) {
            piece->order = pieces.size();
            pieces.push_back(std::move(*piece));
        } else {
            pieces.back().lines.emplace_back(line, origin);
        }
    });
    if (pieces.size() < 2) return std::nullopt;
    // Part 1 is the end of the log. Different dumps keep the order in which they stand in the file.
    const auto first_of = [&](const std::string& reason) {
        return std::find_if(pieces.begin(), pieces.end(), [&](const Piece& p) { return p.reason == reason; })
            ->order;
    };
    std::vector<std::pair<std::size_t, const Piece*>> ordered;
    ordered.reserve(pieces.size());
    for (const Piece& piece : pieces) ordered.emplace_back(first_of(piece.reason), &piece);
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : a.second->part > b.second->part;
    });
    RewrittenLog log;
    for (const auto& [order, piece] : ordered) {
        for (const auto& [line, origin] : piece->lines) log.add(line, origin);
    }
    return log;
}

std::optional<RewrittenLog> decode_colours(std::string_view text) {
    constexpr std::size_t sample = std::size_t{64} * 1024;
    const std::string_view head = text.substr(0, sample);
    const auto lines = std::count(head.begin(), head.end(), '\n');
    const auto escapes = std::count(head.begin(), head.end(), '\x1b');
    if (escapes < 8 || escapes < lines)
        return std::nullopt;  // two and more a line: colours, not a stray clear-screen
    RewrittenLog log;
    each_line(text, [&](std::string_view line, LineOrigin origin) { log.add(without_escapes(line), origin); });
    return log;
}

std::optional<RewrittenLog> decode_log(std::string_view text) {
    using Decoder = std::optional<RewrittenLog> (*)(std::string_view);
    for (const Decoder decoder : {decode_utf16, decode_journal_json, decode_journal_fields, decode_dmesg_json,
                                  decode_pstore, decode_colours}) {
        if (auto log = decoder(text)) return log;
    }
    return std::nullopt;
}

}  // namespace stallsight
