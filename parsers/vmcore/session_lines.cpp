#include "parsers/vmcore/session_lines.h"

#include <algorithm>
#include <array>

#include "parsers/records/record.h"
#include "parsers/records/rewritten_log.h"
#include "parsers/vmcore/crash_frame.h"
#include "parsers/vmcore/crash_rows.h"
#include "parsers/vmcore/crash_words.h"
#include "parsers/vmcore/debugger_text.h"
#include "parsers/vmcore/terminal_line.h"

namespace stallsight {
namespace {

constexpr std::size_t narrowest_terminal = 60, widest_terminal = 400;
constexpr std::uint64_t enough_cut_lines = 3;  // at least half of those that are as long
constexpr int most_parts = 32;                 // of a line: the kernel's have at most 1024 bytes, gdb's a few more

// The line at `offset` without its end.
std::string_view line_at(std::string_view text, std::uint64_t offset) {
    std::string_view line = text.substr(offset, next_line(text, offset) - offset);
    if (line.ends_with('\n')) line.remove_suffix(1);
    while (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// What a terminal showed of a line. Blanks at its end are part of it.
std::string shown(std::string_view line) {
    return has_terminal_codes(line) ? shown_by_terminal(line) : std::string(line);
}

std::size_t shown_length(std::string_view line) {
    return has_terminal_codes(line) ? shown_by_terminal(line).size() : line.size();
}

std::string_view without_blanks_at_end(std::string_view line) {
    return line.substr(0, line.find_last_not_of(" \r") + 1);
}

bool is_stamped(std::string_view line) {
    return parse_record(line).time.has_value();
}

bool is_prompt(std::string_view line) {
    return crash_command(line) || debugger_command(line);
}

// Whether something begins with the line, so that it cannot be the rest of the one before.
bool begins_something(std::string_view line) {
    if (crash::trimmed(line).empty() || line.starts_with("  ")) return true;
    const char first = crash::trimmed(line).front();
    if (first == '[') return is_stamped(line);
    return first == '#' || first == '>' || first == '-' || is_prompt(line) || crash_task_header(line) ||
           ps_row(line, {true}) || module_row(line, {true, false}) || ps_heading(line) || module_heading(line) ||
           run_queue_heading(line) || debugger_thread(line) || is_stamped(line);
}

// Whether `next` can be the rest of a line. What the kernel logged may go on with blanks.
bool can_go_on(bool logged, std::string_view next) {
    return logged ? !next.empty() && !is_prompt(next) && !is_stamped(next) : !begins_something(next);
}

}  // namespace

std::optional<std::size_t> right_edge(std::string_view text) {
    std::array<std::uint64_t, widest_terminal + 1> lines{}, cut{};  // by their length
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = shown_length(line_at(text, at));
        at = next_line(text, at);
        if (length < narrowest_terminal || length > widest_terminal || at >= text.size()) continue;
        ++lines[length];
        cut[length] += begins_something(shown(line_at(text, at))) ? 0 : 1;
    }
    for (std::size_t length = widest_terminal; length >= narrowest_terminal; --length)
        if (cut[length] >= enough_cut_lines && 2 * cut[length] >= lines[length]) return length;
    return std::nullopt;
}

std::string SessionLines::take_printed(LogLines& place) {
    std::string line = shown(line_at(text_, offset_));
    offset_ = next_line(text_, offset_);
    place.count += offset_ == text_.size() || text_[offset_ - 1] == '\n' ? 1 : 0;
    place.bytes = offset_ - place.offset;
    return line;
}

std::optional<std::string> SessionLines::joined(const std::string& line, bool at_edge, bool logged) const {
    const bool entry = crash::trimmed(line).starts_with('#');
    if (offset_ >= text_.size() || (!at_edge && !entry)) return std::nullopt;
    const std::string next = shown(line_at(text_, offset_));
    if (at_edge && can_go_on(logged, next)) return line + next;
    return joined_stack_entry(without_blanks_at_end(line), without_blanks_at_end(next));
}

std::optional<SessionLine> SessionLines::take() {
    if (offset_ >= text_.size()) return std::nullopt;
    SessionLine line{{}, {line_, 0, offset_, 0}};
    line.text = take_printed(line.place);
    bool at_edge = line.text.size() == edge_;
    const bool logged = at_edge && is_stamped(line.text);
    for (int parts = 1; parts < most_parts; ++parts) {
        auto whole = joined(line.text, at_edge, logged);
        if (!whole) break;
        at_edge = take_printed(line.place).size() == edge_;
        line.text = std::move(*whole);
    }
    line.text.resize(without_blanks_at_end(line.text).size());
    line_ += line.place.count;
    return line;
}

}  // namespace stallsight
