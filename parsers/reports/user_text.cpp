#include "parsers/reports/user_text.h"

#include <algorithm>
#include <array>

#include "parsers/records/record.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// A host's name and the like in front of a prompt.
constexpr std::size_t longest_lead = 64;
// Between a record's halves: /etc/issue and empty lines, which getty prints in front of its prompt.
constexpr int most_between = 4;

// Text that ends where the record goes on: agetty(8), login(1), a shell.
constexpr std::array<std::string_view, 4> prompts = {"login: ", "Password: ", "# ", "$ "};
// Text that reaches to the end of its line. systemd: src/core/job.c, unit status messages; audit: type=1400
// audit(...).
constexpr std::array<std::string_view, 6> lines = {"[  OK  ]", "[FAILED]", "[DEPEND]",
                                                   "[ TIME ]", "[ SKIP ]", "type="};
// The same behind the blanks that stand for a status word.
constexpr std::array<std::string_view, 3> indented_lines = {"Starting ", "Stopping ", "Mounting "};
constexpr std::string_view indent = "         ";

// A status word in colour: "[\x1b[0;32m  OK  \x1b[0m]".
std::size_t find_coloured_status(std::string_view s) {
    std::size_t at = s.find("[\x1b[");
    while (at != std::string_view::npos && s.substr(at, longest_lead).find("\x1b[0m]") == std::string_view::npos)
        at = s.find("[\x1b[", at + 1);
    return at;
}

// Where text begins that reaches to the end of the line.
std::size_t find_line_text(std::string_view s) {
    std::size_t found = find_coloured_status(s);
    for (const std::string_view word : lines) found = std::min(found, s.find(word));
    for (const std::string_view word : indented_lines)
        if (const std::size_t at = s.find(word); at != std::string_view::npos && s.substr(0, at).ends_with(indent))
            found = std::min(found, at - indent.size());
    return found;
}

// Behind the first prompt in the front of a line.
std::size_t behind_prompt(std::string_view s) {
    for (const std::string_view prompt : prompts)
        if (const std::size_t at = s.substr(0, longest_lead).find(prompt); at != std::string_view::npos)
            return at + prompt.size();
    return std::string_view::npos;
}

bool is_bare(std::string_view line) {
    const Record record = parse_record(line);
    return !record.time && !record.level && record.wall.empty();
}

std::size_t message_begin(std::string_view line) {
    return static_cast<std::size_t>(parse_record(line).message.data() - line.data());
}

std::optional<TornLine> halves(std::string_view first, std::string_view second, const LineView& holder) {
    if (second.empty()) return std::nullopt;
    return TornLine{first, first.size(), second, holder.offset, holder.next};
}

}  // namespace

std::optional<TornLine> torn_over_lines(std::string_view text, const LineView& line) {
    if (line.cut || line.next >= text.size()) return std::nullopt;
    LineView behind = line_from(text, line.next);
    if (behind.cut || !is_bare(behind.text)) return std::nullopt;
    const std::size_t end = find_line_text(line.text);
    if (end != std::string_view::npos) {  // "BUG: sched[  OK  ] Started Foo.", "uling while atomic"
        if (end <= message_begin(line.text)) return std::nullopt;
        return halves(line.text.substr(0, end), behind.text, behind);
    }
    for (int i = 0; i < most_between; ++i) {  // "BUG: sched", "", "fant-h login: uling while atomic"
        if (const std::size_t at = behind_prompt(behind.text); at != std::string_view::npos)
            return halves(line.text, behind.text.substr(at), behind);
        if (behind.next >= text.size()) break;
        behind = line_from(text, behind.next);
        if (behind.cut || !is_bare(behind.text)) break;
    }
    return std::nullopt;
}

// "BUG: schedfant-h login: uling while atomic"
std::vector<TornLine> torn_by_prompt(const LineView& line) {
    std::vector<TornLine> out;
    const std::string_view s = line.text;
    for (const std::string_view prompt : prompts) {
        if (!contains(s, prompt)) continue;
        const std::size_t message = message_begin(s), at = s.find(prompt, message);
        if (at == std::string_view::npos) continue;
        const std::size_t least = std::max(message + 1, at > longest_lead ? at - longest_lead : 0);
        const std::string_view second = s.substr(at + prompt.size());
        if (least < at && !second.empty()) out.push_back({s.substr(0, at), least, second, line.offset, line.next});
    }
    return out;
}

std::span<const std::string_view> torn_header_literals() {
    static constexpr std::array<std::string_view, 3> literals = {"login: ", "  OK  ", "[FAILED]"};
    return literals;
}

}  // namespace stallsight
