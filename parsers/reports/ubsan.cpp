// "UBSAN: shift-out-of-bounds in lib/x.c:57:13": lib/ubsan.c, 4.5 to 6.x ("Undefined behaviour in" before 5.9).
#include "parsers/reports/body.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    eat(s, "UBSAN: ");
    const std::size_t in = s.find(" in ");
    if (in == std::string_view::npos) return false;
    event.fields["bug_type"] = trim(s.substr(0, in));
    const std::string_view place = trim(s.substr(in + 4));
    const std::size_t colon = place.find(':');
    event.fields["file"] = place.substr(0, colon);
    if (colon != std::string_view::npos) {
        if (const auto line = number_after(place.substr(colon), ":")) event.fields["source_line"] = *line;
    }
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    const std::string_view s = trim(message);
    if (s.starts_with("=====") && body.has_stack()) body.end();
    const bool what = s.starts_with("shift exponent ") || s.starts_with("signed integer overflow") ||
                      s.starts_with("index ") || s.starts_with("member access ") || s.starts_with("load of ") ||
                      s.starts_with("division by zero") || contains(s, " is out of range for type ") ||
                      contains(s, "cannot be represented in type");
    if (what) event.fields["what"] = s;
    return what;
}

}  // namespace

ReportKind ubsan_kind() {
    return {.name = "ubsan", .kind = EventKind::ubsan, .patterns = {"UBSAN: "}, .accept = accept, .line = line};
}

}  // namespace stallsight
