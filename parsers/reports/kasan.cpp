// "BUG: KASAN: slab-use-after-free in func+0x1/0x2": mm/kasan/report.c, 4.0 to 6.x.
#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    s.remove_prefix(std::string_view("BUG: KASAN: ").size());
    const std::size_t in = s.find(" in ");
    event.fields["bug_type"] = trim(s.substr(0, in));
    if (in != std::string_view::npos) {
        std::string_view place = s.substr(in + 4);
        if (const auto frame = eat_symbol(place)) {
            event.fields["function"] = frame->function;
            if (!frame->module.empty()) event.fields["module"] = frame->module;
        }
    }
    // 4.0 to 4.9: "... in func+0x1/0x2 at addr ffff880033f4b02a"
    if (const std::string_view addr = word_after(s, " at addr "); !addr.empty()) event.fields["address"] = addr;
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    // "Read of size 8 at addr ffff8801cbeda574 by task syz-executor/1234", "Write of size 4 by task ..."
    if (!s.starts_with("Read of size ") && !s.starts_with("Write of size ") && !s.starts_with("Read at addr") &&
        !s.starts_with("Write at addr") && !s.starts_with("Free of addr")) {
        return s.starts_with("The buggy address ") || s.starts_with("which belongs to ") ||
               s.starts_with("page:") || s.starts_with("flags: ") || s.starts_with("raw: ") ||
               s.starts_with("page dumped because") || s.starts_with(">") || s.starts_with("The buggy ") ||
               s.starts_with("Object at ");
    }
    event.fields["access"] = s.substr(0, s.find(' '));
    if (const auto size = number_after(s, "of size ")) event.fields["size"] = *size;
    if (const std::string_view addr = word_after(s, "addr "); !addr.empty()) event.fields["address"] = addr;
    const std::size_t by = s.find("by task ");
    if (by != std::string_view::npos) {
        const std::string_view who = s.substr(by + 8);
        const std::size_t slash = who.rfind('/');
        event.task.comm = std::string(who.substr(0, slash));
        if (slash != std::string_view::npos) {
            std::string_view number = who.substr(slash + 1);
            if (const auto pid = eat_number(number); pid && *pid <= 0x7fffffff)
                event.task.pid = static_cast<int>(*pid);
        }
    }
    return true;
}

}  // namespace

ReportKind kasan_kind() {
    return {.name = "kasan",
            .kind = EventKind::kasan,
            .patterns = {"BUG: KASAN: ", "BUG: KASan: "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
