// "INFO: task nt_supervisor:412 blocked for more than 120 seconds.": kernel/hung_task.c, 2.6.30 to 7.x.
#include <algorithm>

#include "parsers/reports/body.h"
#include "parsers/reports/kinds.h"
#include "parsers/reports/machine_line.h"
#include "parsers/reports/sections.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    std::string_view s = header.text;
    const std::size_t in_io = s.find(" blocked in I/O wait for more than ");  // 7.x
    const std::size_t blocked =
        std::min({s.find(" blocked for more than "), s.find(" can't die for more than "), in_io});
    const auto seconds = number_after(s, "more than ");
    if (blocked == std::string_view::npos || !seconds || !plain_header(header, event)) return false;
    event.fields["blocked_s"] = *seconds;
    if (in_io != std::string_view::npos) event.fields["io_wait"] = true;
    std::string_view who = s.substr(0, blocked);
    eat(who, "INFO: task ");
    const std::size_t colon = who.rfind(':');
    event.task.comm = std::string(who.substr(0, colon));
    if (colon != std::string_view::npos) {
        std::string_view number = who.substr(colon + 1);
        if (const auto pid = eat_number(number); pid && *pid <= 0x7fffffff) event.task.pid = static_cast<int>(*pid);
    }
    return true;
}

// debug_show_blocker(), since 6.15: "INFO: task a:1 is blocked on a mutex likely owned by task b:2.", "INFO: task
// a:1 blocked on a semaphore likely last held by task b:2", "INFO: task a:1 <writer> blocked on an rw-semaphore
// likely owned by task b:2 <reader>"; or that the owner is not found
bool read_blocker(std::string_view s, Event& event) {
    if (!s.starts_with("INFO: task ") || !contains(s, " blocked on a")) return false;
    for (const std::string_view key : {" owned by task ", " held by task "}) {
        const std::size_t at = s.find(key);
        if (at == std::string_view::npos) continue;
        std::string_view who = s.substr(at + key.size());
        if (const std::size_t role = who.rfind(" <"); role != std::string_view::npos) who = who.substr(0, role);
        if (who.ends_with('.')) who.remove_suffix(1);
        event.fields["holder"] = who;
    }
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    const std::string_view s = trim(message);
    if (s.starts_with("Tainted:") || s.starts_with("Not tainted")) {
        parse_taint(s, event.machine.taint, event.machine.release);
        return true;
    }
    if (s.starts_with("\"echo 0 > /proc/sys/kernel/hung_task")) return true;
    if (read_blocker(s, event)) return true;
    if (!event.fields.contains("state")) {
        if (const auto task = parse_task_line(message)) {
            event.fields["state"] = std::string(1, task->state);
            return true;
        }
    }
    if (s.starts_with("Showing all locks held")) body.close();
    return false;
}

}  // namespace

ReportKind hung_task_kind() {
    return {.name = "hung_task",
            .kind = EventKind::hung_task,
            .patterns = {"INFO: task "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
