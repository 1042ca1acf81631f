// "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!": kernel/workqueue.c, 4.5 to 6.x.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    const std::string_view s = header.text;
    if (const auto stuck = number_after(s, "stuck for ")) event.fields["stuck_s"] = *stuck;
    event.fields["pool"] = trim(between(s, "pool ", " stuck for"));
    if (const auto cpu = number_after(s, "cpus="); cpu && *cpu >= 0 && *cpu <= 65535)
        event.cpu = static_cast<int>(*cpu);
    event.fields["workqueues"] = Fields::array();
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    std::string_view s = trim(message);
    if (s.starts_with("Showing busy workqueues") || s.starts_with("Showing backtraces of")) return true;
    if (s.starts_with("workqueue ") && contains(s, "flags=")) {
        eat(s, "workqueue ");
        event.fields["workqueues"].push_back(s.substr(0, s.find(':')));
        return true;
    }
    return s.starts_with("pwq ") || s.starts_with("in-flight:") || s.starts_with("pending:") ||
           s.starts_with("inactive:") || s.starts_with("delayed:") || s.starts_with("pool ");
}

}  // namespace

ReportKind workqueue_lockup_kind() {
    return {.name = "workqueue_lockup",
            .kind = EventKind::workqueue_lockup,
            .patterns = {"BUG: workqueue lockup - pool"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
