#include "parsers/reports/kind.h"

#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t longest_lead = 160;
constexpr std::size_t most_words = 3;  // of a prefix: "mce: [Hardware Error]:"

// "dockerd[900]:": syslog's tag of a program.
bool is_program_tag(std::string_view word) {
    if (!word.ends_with("]:")) return false;
    const std::size_t open = word.rfind('[');
    if (open == std::string_view::npos || open == 0) return false;
    std::string_view pid = word.substr(open + 1);
    return eat_number(pid).has_value() && pid == "]:";
}

// "rcu:", "NMI watchdog:", "board login:"; not the end of a sentence.
bool is_prefix(std::string_view lead) {
    if (lead.ends_with("login:") || lead.ends_with(" kernel:")) return true;
    const auto words = split_blanks(lead);
    return words.size() <= most_words && lead.front() != '*' && !is_program_tag(words.back());
}

bool is_prompt(std::string_view lead) {
    return lead.ends_with('#') || lead.ends_with('$') || lead.find_first_not_of("> ") == std::string_view::npos;
}

// "<0>" in the middle of a line, as kernels before 3.5 left it
bool is_level(std::string_view lead) {
    return lead.size() >= 3 && lead.ends_with('>') && is_digit(lead[lead.size() - 2]) &&
           lead[lead.size() - 3] == '<';
}

}  // namespace

bool usual_lead(std::string_view lead) {
    lead = trim(lead);
    if (lead.empty()) return true;
    if (lead.size() > longest_lead || lead.ends_with("---[ end")) return false;
    if (lead.find_first_of("\"'%") != std::string_view::npos) return false;  // quoted, or a format string
    if (lead.ends_with(':')) return is_prefix(lead);
    // a vendor's "[pid:0,cpu0,swapper/0]", the rest of a torn stamp
    if (lead.ends_with(']')) return lead.starts_with('[') || is_digit(lead.front());
    return is_prompt(lead) || is_level(lead) || lead.ends_with('[') || lead.ends_with('<') ||
           lead.ends_with("**") || lead.ends_with("--") || lead.ends_with("==");
}

void set_headline(const Header& header, Event& event) {
    // What stands before the pattern belongs to the message when it is a subsystem's prefix, as pr_fmt() makes it.
    std::string_view lead = trim_left(header.lead);
    const bool prefix = lead.size() <= 24 && lead.ends_with(": ") && !lead.ends_with("login: ");
    const std::size_t start = prefix ? lead.size() : 0;
    event.headline = std::string(trim(std::string_view(header.text.data() - start, header.text.size() + start)));
}

bool plain_header(const Header& header, Event& event) {
    if (!usual_lead(header.lead)) return false;
    set_headline(header, event);
    return true;
}

}  // namespace stallsight
