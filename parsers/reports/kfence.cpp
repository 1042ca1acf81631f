// "BUG: KFENCE: out-of-bounds read in func+0x1/0x2": mm/kfence/report.c, 5.12 to 6.x.
#include "parsers/reports/body.h"
#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    eat(s, "BUG: KFENCE: ");
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
    // "Use-after-free read at 0x... (in kfence-#24):": its stack follows without a "Call Trace:"
    const bool about = contains(s, " read at 0x") || contains(s, " write at 0x") ||
                       s.starts_with("Invalid free of 0x") || s.starts_with("Corrupted memory at 0x") ||
                       s.starts_with("Out-of-bounds");
    if (!about) return false;
    event.fields["access"] = s;
    Section stack;
    stack.kind = Section::Kind::call_trace;
    stack.title = std::string(s);
    body.start(std::move(stack));
    return true;
}

}  // namespace

ReportKind kfence_kind() {
    return {
        .name = "kfence", .kind = EventKind::kfence, .patterns = {"BUG: KFENCE: "}, .accept = accept, .line = line};
}

}  // namespace stallsight
