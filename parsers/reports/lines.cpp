#include "parsers/reports/lines.h"

#include <algorithm>
#include <cstring>

namespace stallsight {

namespace {

// How much of an overlong line before a place is looked at.
constexpr std::uint64_t context = 512;

}  // namespace

LineView line_from(std::string_view text, std::uint64_t offset) {
    LineView line;
    line.offset = std::min<std::uint64_t>(offset, text.size());
    const std::uint64_t window = std::min<std::uint64_t>(longest_line, text.size() - line.offset);
    const char* start = text.data() + line.offset;
    const void* end = window == 0 ? nullptr : std::memchr(start, '\n', window);
    const std::uint64_t size =
        end == nullptr ? window : static_cast<std::uint64_t>(static_cast<const char*>(end) - start);
    line.text = text.substr(line.offset, size);
    line.next = line.offset + size + (end == nullptr ? 0 : 1);
    line.cut = end == nullptr && line.next < text.size();
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    return line;
}

LineView line_around(std::string_view text, std::uint64_t offset) {
    const std::uint64_t from = offset > longest_line ? offset - longest_line : 0;
    if (const void* newline = memrchr(text.data() + from, '\n', offset - from))
        return line_from(text, static_cast<std::uint64_t>(static_cast<const char*>(newline) - text.data()) + 1);
    if (from == 0) return line_from(text, 0);
    LineView part;
    part.offset = offset - context;
    part.text = text.substr(part.offset, 4 * context);
    part.text = part.text.substr(0, part.text.find('\n'));
    part.next = part.offset + part.text.size();
    part.cut = true;
    return part;
}

LineView line_before(std::string_view text, std::uint64_t offset) {
    if (offset == 0) return {};
    return line_around(text, offset - 1);
}

}  // namespace stallsight
