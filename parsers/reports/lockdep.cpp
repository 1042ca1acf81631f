// Lockdep and its relatives: kernel/locking/lockdep.c (every print_*_bug()), include/linux/rcupdate.h through
// lockdep_rcu_suspicious(), 2.6.18 to 6.x. Before 4.11 the headers stood in brackets and began with INFO or BUG.
#include <algorithm>
#include <array>

#include "parsers/reports/body.h"
#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

struct Family {
    std::string_view words;  // in the header
    std::string_view name;
};

constexpr std::array families = {
    Family{"possible circular locking dependency detected", "circular"},
    Family{"possible recursive locking detected", "recursive"},
    Family{"inconsistent lock state", "inconsistent_state"},
    Family{"possible irq lock inversion dependency detected", "irq_inversion"},
    Family{"lock order detected", "unsafe_order"},
    Family{"suspicious RCU usage", "suspicious_rcu"},
    Family{"Suspicious RCU usage", "suspicious_rcu"},
    Family{"suspicious rcu_dereference_check() usage", "suspicious_rcu"},
    Family{"bad unlock balance detected", "bad_unlock"},
    Family{"bad contention detected", "bad_contention"},
    Family{"held lock freed!", "held_lock_freed"},
    Family{"still has locks held!", "still_held"},
    Family{"lock held when returning to user space!", "held_on_return"},
    Family{"lock held at task exit time!", "held_at_exit"},
    Family{"ested lock was not taken", "nested_not_taken"},
    Family{"nvalid wait context", "wait_context"},
    Family{"trying to register non-static key", "non_static_key"},
    Family{"MAX_STACK_TRACE_ENTRIES too low", "limit"},
    Family{"MAX_LOCKDEP_ENTRIES too low", "limit"},
    Family{"MAX_LOCKDEP_CHAINS too low", "limit"},
    Family{"MAX_LOCKDEP_KEYS too low", "limit"},
    Family{"MAX_LOCK_DEPTH too low", "limit"},
    Family{"has not been registered!", "key_not_registered"},
    Family{"not in .data!", "key_not_registered"},
};

bool accept(const Header& header, Event& event) {
    const std::string_view whole = header.record.message;
    for (const Family& family : families) {
        if (!contains(header.text, family.words) && !header.text.starts_with(family.words)) continue;
        std::string_view s = trim(whole);
        const bool marked = contains(s, "WARNING: ") || contains(s, "INFO: ") || contains(s, "BUG: ") ||
                            contains(s, "BUG ") || s.starts_with("[");
        const std::size_t mark = std::min({s.find("WARNING: "), s.find("INFO: "), s.find("BUG"), s.size()});
        if (!marked || contains(s, "may be printed") || !usual_lead(s.substr(0, mark))) return false;
        eat(s, "[");
        while (!s.empty() && (s.back() == ']' || is_blank(s.back()))) s.remove_suffix(1);
        event.headline = std::string(trim(s));
        event.fields["family"] = family.name;
        return true;
    }
    return false;
}

// " (&bdev->bd_mutex){+.+.}, at: [<ffffffff8232bf0e>] blkdev_reread_part+0x1e/0x40", "ffff888 (&x){....}-{3:3}, at:
// f+0x1/0x2"
bool read_lock(std::string_view s, Fields& lock) {
    const std::size_t open = s.find('(');
    const std::size_t brace = s.find("){");
    if (open == std::string_view::npos || brace == std::string_view::npos || brace < open) return false;
    lock["class"] = s.substr(open + 1, brace - open - 1);
    const std::size_t usage_end = s.find('}', brace);
    if (usage_end != std::string_view::npos) lock["usage"] = s.substr(brace + 2, usage_end - brace - 2);
    const std::size_t at = s.find("at: ");
    if (at != std::string_view::npos) {
        if (const auto frame = parse_frame_line(s.substr(at + 4))) {
            lock["function"] = frame->frame.function;
            if (!frame->frame.module.empty()) lock["module"] = frame->frame.module;
        }
    }
    return true;
}

bool read_lock_of(std::string_view s, Event& event, const char* key) {
    Fields lock = Fields::object();
    if (!read_lock(s, lock)) return false;
    event.fields[key] = std::move(lock);
    return true;
}

// Who asks for which lock, and which one it holds already.
bool read_roles(std::string_view s, Event& event) {
    if (contains(s, " is trying to acquire lock:") || contains(s, " is trying to lock:") ||
        contains(s, "is trying to release lock (") || contains(s, " is freeing memory ") ||
        contains(s, " just changed the state of lock:") || s.ends_with(" takes:") ||
        contains(s, " is trying to acquire:") || contains(s, " is trying to contend lock (")) {
        std::string_view who = s.substr(0, s.find(' '));
        const std::size_t slash = who.rfind('/');
        if (slash != std::string_view::npos) {
            event.task.comm = std::string(who.substr(0, slash));
            std::string_view number = who.substr(slash + 1);
            if (const auto pid = eat_number(number); pid && *pid <= 0x7fffffff)
                event.task.pid = static_cast<int>(*pid);
        }
        event.fields["expect"] = "wanted";
        if (const std::size_t open = s.find("release lock ("); open != std::string_view::npos) {
            event.fields["lock"] = s.substr(open + 14, s.find(')', open) - open - 14);
        }
        // "is trying to release lock (x) at:" is followed by the place alone
        return true;
    }
    if (contains(s, "but task is already holding lock:") || contains(s, "and this task is already holding:")) {
        event.fields["expect"] = "held";
        return true;
    }
    const std::string expect = event.fields.value("expect", "");
    if (!expect.empty() && contains(s, "){")) {
        event.fields.erase("expect");
        return read_lock_of(s, event, expect.c_str());
    }
    return false;
}

bool line(std::string_view message, Event& event, Body& body) {
    const std::string_view s = trim(message);
    if (read_roles(s, event)) return true;
    if (s.starts_with("-> #")) {
        // The cycle, outermost first, as data.
        if (!event.fields.contains("cycle")) event.fields["cycle"] = Fields::array();
        Fields link = Fields::object();
        if (const auto n = number_after(s, "-> #")) link["number"] = *n;
        if (read_lock(s, link)) event.fields["cycle"].push_back(std::move(link));
        return false;  // the section is opened by the common part
    }
    if (contains(s, " --> ") && !event.fields.contains("order")) {  // behind "Chain exists of:"
        event.fields["order"] = Fields::array();
        for (std::string_view rest = s; !rest.empty();) {
            const std::size_t arrow = std::min(rest.find(" --> "), rest.size());
            event.fields["order"].push_back(trim(rest.substr(0, arrow)));
            rest.remove_prefix(std::min(arrow + 5, rest.size()));
        }
        return true;
    }
    if (event.fields.value("family", "") == "suspicious_rcu" && !event.fields.contains("at") && contains(s, ".") &&
        contains(s, ":") && (contains(s, " suspicious") || contains(s, "invoked ") || contains(s, "RCU"))) {
        event.fields["at"] = s.substr(0, s.find(' '));
        event.fields["condition"] = s;
        return true;
    }
    if (event.fields.value("family", "") == "bad_unlock" && !event.fields.contains("unlocked_at")) {
        if (const auto frame = parse_frame_line(message)) {
            event.fields["unlocked_at"] = frame->frame.function;
            event.fields.erase("expect");
            return true;
        }
    }
    if (s.starts_with("#") && contains(s, "at: ")) {  // a held lock
        Fields lock = Fields::object();
        if (!event.fields.contains("held_locks")) event.fields["held_locks"] = Fields::array();
        if (read_lock(s, lock) && event.fields["held_locks"].size() < 64)
            event.fields["held_locks"].push_back(std::move(lock));
        return true;
    }
    if (s.starts_with("stack backtrace:")) body.close();
    if (s.starts_with("... which became ")) return false;  // "HARDIRQ-irq-safe at:" opens a section, too
    // Everything that lockdep says begins with these words or is one of its diagrams.
    static constexpr std::array<std::string_view, 34> own = {"but ",
                                                             "and ",
                                                             "which ",
                                                             "the ",
                                                             "other info",
                                                             "Possible ",
                                                             "CPU0",
                                                             "----",
                                                             "lock(",
                                                             "*** DEADLOCK",
                                                             "Chain exists of",
                                                             "to a ",
                                                             "... ",
                                                             "{",
                                                             "other ",
                                                             "inconsistent {",
                                                             "irq event stamp",
                                                             "hardirqs",
                                                             "softirqs",
                                                             "due to ",
                                                             "May be due",
                                                             "possible reason",
                                                             "rcu_scheduler_active",
                                                             "RCU used illegally",
                                                             "code is using clever",
                                                             "turning off the locking",
                                                             "you didn't initialize",
                                                             "INFO: lockdep",
                                                             "(",
                                                             "Tainted",
                                                             "<Interrupt>",
                                                             "<no context>",
                                                             "May be",
                                                             "stack backtrace"};
    for (const std::string_view key : own) {
        if (begins(s, key)) return key != "stack backtrace";
    }
    return contains(s, "){") || contains(s, " ops: ") || contains(s, "ot tainted") || contains(s, "Tainted: ");
}

}  // namespace

ReportKind lockdep_kind() {
    ReportKind kind{.name = "lockdep", .kind = EventKind::lockdep, .patterns = {}, .accept = accept, .line = line};
    for (const Family& family : families) kind.patterns.push_back(family.words);
    return kind;
}

}  // namespace stallsight
