// "BUG: KMSAN: uninit-value in func+0x1/0x2": mm/kmsan/report.c, 6.1 to 6.x and the tree before it.
#include "parsers/reports/body.h"
#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    eat(s, "BUG: KMSAN: ");
    const std::size_t in = s.find(" in ");
    event.fields["bug_type"] = trim(s.substr(0, in));
    if (in != std::string_view::npos) {
        std::string_view place = s.substr(in + 4);
        if (const auto frame = eat_symbol(place)) event.fields["function"] = frame->function;
    }
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    const std::string_view s = trim(message);
    if (s.starts_with("Bytes ") && contains(s, " uninitialized")) {
        event.fields["bytes"] = s;
        return true;
    }
    if (s.starts_with("Memory access of size ") || s.starts_with("Data copied to ") || s.starts_with("CPU: ")) {
        body.close();
        return !s.starts_with("CPU: ");
    }
    return s.starts_with("=====");
}

}  // namespace

ReportKind kmsan_kind() {
    return {
        .name = "kmsan", .kind = EventKind::kmsan, .patterns = {"BUG: KMSAN: "}, .accept = accept, .line = line};
}

}  // namespace stallsight
