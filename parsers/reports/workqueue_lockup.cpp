// "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!": kernel/workqueue.c, 4.5 to 6.x.
#include <algorithm>

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

// show_pwq(): "in-flight: 5:drv_poll_work [drv] for 43s BAR(7), 9(RESCUER):other_work".
void in_flight(std::string_view works, Event& event) {
    Fields& list = event.fields["in_flight"];
    while (!works.empty()) {
        std::string_view work = trim(works.substr(0, works.find(',')));
        works.remove_prefix(
            std::min(works.size(), works.find(',') == works.npos ? works.size() : works.find(',') + 1));
        const auto pid = eat_number(work);
        if (!pid) continue;
        eat(work, "(RESCUER)");
        if (!eat(work, ":")) continue;
        const std::string_view function = eat_word(work);
        list.push_back({{"pid", *pid}, {"function", function}, {"module", between(trim(work), "[", "]")}});
    }
}

bool line(std::string_view message, Event& event, Body&) {
    std::string_view s = trim(message);
    if (s.starts_with("Showing busy workqueues") || s.starts_with("Showing backtraces of")) return true;
    if (s.starts_with("workqueue ") && contains(s, "flags=")) {
        eat(s, "workqueue ");
        event.fields["workqueues"].push_back(s.substr(0, s.find(':')));
        return true;
    }
    if (eat(s, "in-flight:")) {
        in_flight(s, event);
        return true;
    }
    return s.starts_with("pwq ") || s.starts_with("pending:") || s.starts_with("inactive:") ||
           s.starts_with("delayed:") || s.starts_with("pool ");
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
