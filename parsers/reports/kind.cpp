#include "parsers/reports/kind.h"

#include "parsers/text.h"

namespace stallsight {

bool usual_lead(std::string_view lead) {
    lead = trim(lead);
    if (lead.empty()) return true;
    if (lead.size() > 160) return false;
    if (lead.ends_with("---[ end")) return false;
    // "rcu:", "NMI watchdog:", "login:", "[", "** 3 printk messages dropped **", "-----"
    const char last = lead.back();
    return last == ':' || last == '[' || last == '*' || last == '-' || last == '=' || last == '<' || last == ']' ||
           last == '#' || last == '$';
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
