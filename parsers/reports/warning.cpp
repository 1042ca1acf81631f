// WARN() in its three header generations (kernel/panic.c, __warn()):
//   WARNING: at fs/buffer.c:1917 func+0x1/0x2()                                       2.6 to 3.12
//   WARNING: CPU: 5 PID: 5079 at kernel/sched/core.c:3899 preempt_count_sub+0x7c/0xfc  3.13 to 6.15
//   WARNING: fs/dcache.c:829 at fast_dput+0x334/0x430, CPU#1: syz-executor/5830        since 6.16
// and the unwinder's "WARNING: kernel stack frame pointer at X in comm:pid has bad value" (arch/x86/kernel).
#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool has_place(std::string_view word) {
    const std::size_t colon = word.rfind(':');
    return colon != std::string_view::npos && colon + 1 < word.size() && is_digit(word[colon + 1]) &&
           contains(word.substr(0, colon), ".");
}

void put_place(std::string_view word, Event& event) {
    const std::size_t colon = word.rfind(':');
    event.fields["file"] = word.substr(0, colon);
    std::string_view number = word.substr(colon + 1);
    if (const auto line = eat_number(number)) event.fields["source_line"] = *line;
}

void put_function(std::string_view s, Event& event) {
    eat_blanks(s);
    std::string_view place = s;
    eat(place, ".");
    if (const auto frame = eat_symbol(s); frame && !frame->function.starts_with("0x")) {
        event.fields["function"] = frame->function;
        if (!frame->module.empty()) event.fields["module"] = frame->module;
        event.fields["at"] = place.substr(0, place.find_first_of(" ,("));
    }
}

void put_number(std::optional<std::int64_t> value, std::optional<int>& into) {
    if (value && *value >= 0 && *value <= 0x7fffffff) into = static_cast<int>(*value);
}

// "WARNING: CPU: 5 PID: 5079 at file.c:12 func+0x1/0x2" and "WARNING: at file.c:12 func+0x1/0x2()"
bool read_at(std::string_view s, Event& event) {
    const std::size_t at = s.find("at ");
    if (at == std::string_view::npos || at > 40) return false;
    put_number(number_after(s.substr(0, at), "CPU: "), event.cpu);
    put_number(number_after(s.substr(0, at), "PID: "), event.task.pid);
    s.remove_prefix(at + 3);
    eat_blanks(s);
    const std::string_view place = eat_word(s);
    if (!has_place(place)) return contains(s, "+0x");
    put_place(place, event);
    put_function(s, event);
    return true;
}

// "WARNING: fs/dcache.c:829 at fast_dput+0x334/0x430, CPU#1: syz-executor/5830"
bool read_new(std::string_view s, Event& event) {
    const std::string_view place = eat_word(s);
    if (!has_place(place) || !eat(s, " at ")) return false;
    put_place(place, event);
    put_function(s, event);
    put_number(number_after(s, "CPU#"), event.cpu);
    const std::size_t slash = s.rfind('/');
    const std::size_t colon = s.find(": ", std::min(s.find("CPU#"), s.size()));
    if (slash != std::string_view::npos && colon != std::string_view::npos && slash > colon) {
        event.task.comm = std::string(s.substr(colon + 2, slash - colon - 2));
        put_number(number_after(s.substr(slash), "/"), event.task.pid);
    }
    return true;
}

// A WARN in these files reports what another kind of the contract stands for.
void refine(const Header& header, Event& event) {
    const std::string file = event.fields.value("file", "");
    if (contains(file, "lib/refcount.c") || contains(file, "linux/refcount.h") ||
        contains(header.before_cut, "refcount_t: ")) {
        event.kind = EventKind::refcount;
    } else if (contains(file, "kernel/locking/lockdep.c") || contains(file, "kernel/lockdep.c")) {
        event.kind = EventKind::lockdep;
        event.fields["family"] = "lockdep_internal";
    }
}

bool accept(const Header& header, Event& event) {
    if (!usual_lead(header.lead)) return false;
    std::string_view s = header.text;
    eat(s, "WARNING: ");
    const bool bad_stack = s.starts_with("kernel stack ") && contains(s, "has bad");
    const bool counted = s.starts_with("CPU: ") || s.starts_with("at ");
    if (!bad_stack && !(counted && read_at(s, event)) && !read_new(s, event)) return false;
    set_headline(header, event);
    if (!header.before_cut.empty()) event.fields["condition"] = header.before_cut;
    refine(header, event);
    return true;
}

// kernel/watchdog.c up to 4.4: WARN(1, "Watchdog detected hard LOCKUP on cpu %d", cpu)
bool is_hard_lockup(const Event& event, std::string_view text) {
    return contains(event.fields.value("file", ""), "kernel/watchdog.c") && contains(text, "hard LOCKUP");
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    // Up to 4.x the text of a WARN() comes behind the header.
    if (event.frames.empty() && event.machine.modules.empty() && event.fields.contains("file") &&
        !event.fields.contains("condition") && !s.starts_with("Modules linked in") && !s.starts_with("CPU: ") &&
        !contains(s, "+0x") && !s.starts_with("Hardware name") && event.sections.empty() &&
        event.machine.release.empty()) {
        event.fields["condition"] = s;
        if (is_hard_lockup(event, s)) event.kind = EventKind::hard_lockup;
        return true;
    }
    return false;
}

}  // namespace

ReportKind warning_kind() {
    return {.name = "warning",
            .kind = EventKind::warning,
            .patterns = {"WARNING: CPU: ", "WARNING: at ", "WARNING: kernel stack ", "WARNING: "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
