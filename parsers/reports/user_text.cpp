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
constexpr std::array<std::string_view, 9> lines = {"[  OK  ]", "[FAILED]",           "[DEPEND]",
                                                   "[ TIME ]", "[ SKIP ]",           "         Starting ",
                                                   "type=",    "         Stopping ", "         Mounting "};

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

class Mender {
public:
    Mender(std::string_view text, const LineView& line) : text_(text), line_(line) {
        message_ = static_cast<std::size_t>(parse_record(line.text).message.data() - line.text.data());
    }

    std::vector<TornLine> run() {
        inside_the_line();
        if (line_.cut || line_.next >= text_.size()) return std::move(out_);
        const std::size_t end = find_line_text(line_.text);
        if (end == std::string_view::npos) {
            behind_a_prompt();
        } else if (end > message_) {
            in_next_line(line_.text.substr(0, end));
        }
        return std::move(out_);
    }

private:
    // "BUG: schedfant-h login: uling while atomic"
    void inside_the_line() {
        const std::string_view s = line_.text;
        for (const std::string_view prompt : prompts) {
            const std::size_t at = s.find(prompt, message_);
            if (at == std::string_view::npos) continue;
            const std::size_t least = std::max(message_ + 1, at > longest_lead ? at - longest_lead : 0);
            if (least < at) add(s.substr(0, at), least, s.substr(at + prompt.size()), line_);
        }
    }

    // "BUG: sched[  OK  ] Started Foo." and "uling while atomic" in the next line
    void in_next_line(std::string_view first) {
        const LineView behind = line_from(text_, line_.next);
        if (!behind.cut && is_bare(behind.text)) add(first, first.size(), behind.text, behind);
    }

    // "BUG: sched", and "fant-h login: uling while atomic" in one of the next lines
    void behind_a_prompt() {
        std::uint64_t at = line_.next;
        for (int i = 0; i < most_between && at < text_.size(); ++i) {
            const LineView behind = line_from(text_, at);
            if (behind.cut || !is_bare(behind.text)) return;
            const std::size_t end = behind_prompt(behind.text);
            if (end != std::string_view::npos)
                return add(line_.text, line_.text.size(), behind.text.substr(end), behind);
            at = behind.next;
        }
    }

    void add(std::string_view first, std::size_t least, std::string_view second, const LineView& holder) {
        if (!second.empty()) out_.push_back({first, least, second, holder.offset, holder.next});
    }

    std::string_view text_;
    const LineView& line_;
    std::size_t message_ = 0;  // where in the line it begins
    std::vector<TornLine> out_;
};

}  // namespace

std::vector<TornLine> without_user_text(std::string_view text, const LineView& line) {
    return Mender(text, line).run();
}

std::span<const std::string_view> torn_header_literals() {
    static constexpr std::array<std::string_view, 3> literals = {"login: ", "  OK  ", "[FAILED]"};
    return literals;
}

}  // namespace stallsight
