// Canonical titles. They hold no number, address, name of a process or place in a file that changes between builds.
#include <nlohmann/json.hpp>

#include "analysis/guilty/guilty.h"
#include "analysis/guilty/rules.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

std::string in(const std::string& text, const Guilty& guilty) {
    return guilty.function.empty() ? text : text + " in " + guilty.function;
}

// Numbers and addresses become NUM and ADDR.
std::string without_numbers(std::string_view s) {
    std::string out;
    for (std::size_t i = 0; i < s.size();) {
        const bool word_start = i == 0 || !is_symbol(s[i - 1]);
        if (word_start && is_hex(s[i])) {
            std::size_t n = i;
            bool digit = false;
            while (n < s.size() && (is_hex(s[n]) || (s[n] == 'x' && n == i + 1))) {
                digit = digit || is_digit(s[n]);
                ++n;
            }
            if (digit && (n == s.size() || !is_symbol(s[n]))) {
                out += n - i >= 8 || s.substr(i).starts_with("0x") ? "ADDR" : "NUM";
                i = n;
                continue;
            }
        }
        out += s[i++];
    }
    return out;
}

std::string access_words(const Event& event) {
    const std::string access = event.fields.value("access", "");
    return access == "Read" || access == "Write" ? " " + access : "";
}

std::string oops_title(const Event& event) {
    const std::string subtype = event.fields.value("subtype", "");
    if (subtype == "null_dereference") return "BUG: unable to handle kernel NULL pointer dereference";
    if (subtype == "paging_request") return "BUG: unable to handle kernel paging request";
    if (subtype == "user_access") return "BUG: unable to handle kernel access to user memory";
    if (subtype == "general_protection") return "general protection fault";
    if (subtype == "divide_error") return "divide error";
    if (subtype == "stack_guard") return "BUG: stack guard page was hit";
    if (subtype == "double_fault") return "PANIC: double fault";
    if (subtype == "int3") return "int3";
    const std::string& h = event.headline;
    if (h.starts_with("Internal error")) return "Internal error";
    return h.substr(0, h.find(':'));
}

std::string lockdep_title(const Event& event, const Guilty& guilty) {
    const std::string family = event.fields.value("family", "");
    if (family == "circular" || family == "recursive" || family == "unsafe_order" || family == "irq_inversion") {
        return in("possible deadlock", guilty);
    }
    if (family == "inconsistent_state") return in("inconsistent lock state", guilty);
    if (family == "suspicious_rcu") {
        return in(
            event.headline.starts_with("INFO") ? "INFO: suspicious RCU usage" : "WARNING: suspicious RCU usage",
            guilty);
    }
    const bool bug = event.headline.starts_with("BUG");
    const std::string head = bug ? "BUG: " : "WARNING: ";
    if (family == "bad_unlock") return in(head + "bad unlock balance", guilty);
    if (family == "held_lock_freed") return in(head + "held lock freed", guilty);
    if (family == "still_held") return in(head + "still has locks held", guilty);
    if (family == "held_on_return") return in(head + "lock held when returning to user space", guilty);
    if (family == "nested_not_taken") return in("WARNING: nested lock was not taken", guilty);
    if (family == "wait_context" || family == "lockdep_internal") return in("WARNING: locking bug", guilty);
    if (family == "non_static_key") return in("INFO: trying to register non-static key", guilty);
    return without_numbers(event.headline);
}

std::string warning_title(const Event& event, const Guilty& guilty) {
    const std::string file = event.fields.value("file", "");
    if (contains(file, "lib/debugobjects.c")) return in("WARNING: ODEBUG bug", guilty);
    if (event.headline.starts_with("WARNING: kernel stack ")) {
        return contains(event.headline, "frame pointer") ? "WARNING: kernel stack frame pointer has bad value"
                                                         : "WARNING: kernel stack regs has bad value";
    }
    return in("WARNING", guilty);
}

std::string bug_title(const Event& event, const Guilty& guilty) {
    const std::string file = event.fields.value("file", "");
    if (contains(file, "lib/list_debug.c")) return in("BUG: corrupted list", guilty);
    if (contains(file, "mm/usercopy.c")) return in("BUG: bad usercopy", guilty);
    if (event.headline.starts_with("kernel BUG at") || event.headline.starts_with("Kernel BUG"))
        return in("kernel BUG", guilty);
    std::string_view h = event.headline;
    if (contains(h, "in preemptible [")) return in(std::string(h.substr(0, h.find(" [", 4))) + " code", guilty);
    for (const std::string_view known : {"BUG: Bad page state", "BUG: Bad page map", "BUG: Bad rss-counter state",
                                         "BUG: workqueue leaked lock or atomic", "BUG: spinlock bad magic",
                                         "BUG: spinlock lockup suspected", "BUG: rwlock bad magic"}) {
        if (h.starts_with(known)) return in(std::string(known), guilty);
    }
    if (h.starts_with("BUG ")) {  // SLUB: "BUG kmalloc-64 (Not tainted): Poison overwritten"
        const std::size_t taint = h.find("): ");
        const std::size_t colon = taint == std::string_view::npos ? h.find(": ") : taint + 1;
        if (colon != std::string_view::npos) return "BUG: " + std::string(h.substr(colon + 2));
    }
    return in(without_numbers(h), guilty);
}

}  // namespace

std::string canonical_title(const Event& event, const Guilty& guilty) {
    const std::string type = event.fields.value("bug_type", "");
    switch (event.kind) {
        case EventKind::rcu_stall:
            return in("INFO: rcu detected stall", guilty);
        case EventKind::soft_lockup:
            return in("BUG: soft lockup", guilty);
        case EventKind::hard_lockup:
            return in("BUG: hard lockup", guilty);
        case EventKind::hung_task:
            return in("INFO: task hung", guilty);
        case EventKind::atomic_sleep:
            return in(event.fields.value("subtype", "") == "scheduling_while_atomic"
                          ? "BUG: scheduling while atomic"
                          : "BUG: sleeping function called from invalid context",
                      guilty);
        case EventKind::lockdep:
            return lockdep_title(event, guilty);
        case EventKind::warning:
            return warning_title(event, guilty);
        case EventKind::refcount:
            return in("WARNING: refcount bug", guilty);
        case EventKind::bug:
            return bug_title(event, guilty);
        case EventKind::oops:
            return in(oops_title(event), guilty);
        case EventKind::kasan:
            return in("KASAN: " + type + access_words(event), guilty);
        case EventKind::kmsan:
            return in("KMSAN: " + type, guilty);
        case EventKind::kfence:
            return in("KFENCE: " + type, guilty);
        case EventKind::ubsan:
            return in("UBSAN: " + type, guilty);
        case EventKind::kcsan:
            return guilty.candidates.empty() ? in("KCSAN: " + type, guilty)
                                             : in("KCSAN: " + type, guilty) + " / " + guilty.candidates[0];
        case EventKind::memory_leak:
            return in("memory leak", guilty);
        case EventKind::panic:
            return in("kernel panic: " + without_numbers(event.fields.value("reason", "")), guilty);
        case EventKind::workqueue_lockup:
            return "BUG: workqueue lockup";
        case EventKind::oom:
            return "out of memory";
        case EventKind::other:
            break;
    }
    return in(without_numbers(event.headline), guilty);
}

}  // namespace stallsight
