// Sleeping where that is forbidden: __schedule_bug() and __might_resched() in kernel/sched/core.c, 2.6 to 6.x.
//
//   BUG: scheduling while atomic: clock_hwa_app/5079/0x00000203
//   BUG: sleeping function called from invalid context at mm/slab.h:420
//   in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 320, name: hwa_atomic
//   preempt_count: 1, expected: 0
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

void read_scheduling(std::string_view text, Event& event) {
    event.fields["subtype"] = "scheduling_while_atomic";
    // comm/pid/preempt_count; the comm may hold slashes
    std::string_view who = trim(between(text, "while atomic: ", "\n"));
    const std::size_t last = who.rfind('/');
    if (last == std::string_view::npos) return;
    std::string_view count = who.substr(last + 1);
    if (const auto raw = eat_hex(count); raw && *raw <= 0xffffffffU) {
        event.preempt_count = static_cast<std::uint32_t>(*raw);
    }
    who = who.substr(0, last);
    const std::size_t slash = who.rfind('/');
    if (slash == std::string_view::npos) return;
    std::string_view number = who.substr(slash + 1);
    if (const auto pid = eat_number(number); pid && *pid <= 0x7fffffff) event.task.pid = static_cast<int>(*pid);
    event.task.comm = std::string(who.substr(0, slash));
}

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    if (header.text.starts_with("BUG: scheduling")) {
        read_scheduling(header.text, event);
    } else {
        event.fields["subtype"] = "sleeping_function";
        event.fields["at"] = word_after(header.text, "invalid context at ");
    }
    return true;
}

void read_contexts(std::string_view s, Event& event) {
    if (const auto n = number_after(s, "in_atomic(): ")) event.fields["in_atomic"] = *n;
    if (const auto n = number_after(s, "irqs_disabled(): ")) event.fields["irqs_disabled"] = *n;
    if (const auto n = number_after(s, "non_block: ")) event.fields["non_block"] = *n;
    if (const auto pid = number_after(s, "pid: "); pid && *pid >= 0 && *pid <= 0x7fffffff) {
        event.task.pid = static_cast<int>(*pid);
    }
    if (const std::string_view name = trim(between(s, "name: ", "\n")); !name.empty())
        event.task.comm = std::string(name);
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (s.starts_with("in_atomic(): ")) {
        read_contexts(s, event);
        return true;
    }
    if (s.starts_with("preempt_count: ")) {
        // printed with %x
        if (const auto raw = hex_after(s, "preempt_count: "); raw && *raw <= 0xffffffffU) {
            event.preempt_count = static_cast<std::uint32_t>(*raw);
        }
        if (const auto n = hex_after(s, "expected: ")) event.fields["expected"] = *n;
        return true;
    }
    if (s.starts_with("RCU nest depth: ")) {
        if (const auto n = number_after(s, "depth: ")) event.fields["rcu_nest_depth"] = *n;
        if (const auto n = number_after(s, "expected: ")) event.fields["rcu_nest_depth_expected"] = *n;
        return true;
    }
    return s.starts_with("INFO: lockdep is turned off") || s.starts_with("BUG: scheduling while atomic while");
}

}  // namespace

ReportKind atomic_sleep_kind() {
    return {.name = "atomic_sleep",
            .kind = EventKind::atomic_sleep,
            .patterns = {"BUG: scheduling while atomic: ", "BUG: sleeping function called from invalid context",
                         "BUG: scheduling in a non-blocking section: "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
