// "watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kworker/3:1:77]": kernel/watchdog.c, 3.x to 6.x.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    const std::string_view s = header.text;
    if (const auto cpu = number_after(s, "CPU#"); cpu && *cpu >= 0 && *cpu <= 65535)
        event.cpu = static_cast<int>(*cpu);
    if (const auto stuck = number_after(s, "stuck for ")) event.fields["stuck_s"] = *stuck;
    // [comm:pid], where the comm may hold colons itself
    const std::size_t open = s.rfind('[');
    const std::size_t close = s.rfind(']');
    if (open != std::string_view::npos && close != std::string_view::npos && close > open) {
        const std::string_view who = s.substr(open + 1, close - open - 1);
        const std::size_t colon = who.rfind(':');
        if (colon != std::string_view::npos) {
            event.task.comm = std::string(who.substr(0, colon));
            std::string_view number = who.substr(colon + 1);
            if (const auto pid = eat_number(number); pid && *pid <= 0x7fffffff)
                event.task.pid = static_cast<int>(*pid);
        }
    }
    return true;
}

bool line(std::string_view message, Event&, Body&) {
    const std::string_view s = trim(message);
    return s.starts_with("Sending NMI from CPU") || s.starts_with("CPU#") || s.starts_with("#");
}

}  // namespace

ReportKind soft_lockup_kind() {
    return {.name = "soft_lockup",
            .kind = EventKind::soft_lockup,
            .patterns = {"BUG: soft lockup - CPU#", "BUG: soft lockup detected on CPU#"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
