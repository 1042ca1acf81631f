// kmemleak: "unreferenced object 0xffff888 (size 32):" (mm/kmemleak.c, print_unreferenced(), 2.6.31 to 6.x). Test
// systems that read /sys/kernel/debug/kmemleak write "BUG: memory leak" in front.
#include "parsers/reports/body.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    const std::string_view s = header.text;
    if (!usual_lead(header.lead) && !s.starts_with("BUG: memory leak")) return false;
    if (s.starts_with("unreferenced object ") && !contains(s, "(size ")) return false;
    set_headline(header, event);
    event.headline = std::string(trim(s));
    if (const auto size = number_after(s, "(size ")) event.fields["size"] = *size;
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    std::string_view s = trim(message);
    if (s.starts_with("unreferenced object ")) {
        if (event.fields.contains("age")) {  // the next object: its own report
            body.end();
            return false;
        }
        if (const auto size = number_after(s, "(size ")) event.fields["size"] = *size;
        return true;
    }
    if (eat(s, "comm \"")) {
        event.task.comm = std::string(s.substr(0, s.find('"')));
        if (const auto pid = number_after(s, "pid "); pid && *pid >= 0 && *pid <= 0x7fffffff) {
            event.task.pid = static_cast<int>(*pid);
        }
        event.fields["age"] = word_after(s, "(age ");
        return true;
    }
    return s.starts_with("hex dump (first");
}

}  // namespace

ReportKind memory_leak_kind() {
    return {.name = "memory_leak",
            .kind = EventKind::memory_leak,
            .patterns = {"BUG: memory leak", "unreferenced object 0x"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
