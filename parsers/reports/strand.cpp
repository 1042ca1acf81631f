#include "parsers/reports/strand.h"

#include <algorithm>
#include <array>

#include "parsers/reports/frame.h"
#include "parsers/reports/machine_line.h"
#include "parsers/reports/sections.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::uint64_t most_foreign = 4'000;
// After so many lines that are nobody's the report is over. While its stack is still to come, other CPUs may print
// a lot in between, but not for long.
constexpr int most_unrelated = 24;
constexpr int most_unrelated_before_stack = 200;
constexpr Time longest_wait = std::chrono::seconds(2);
constexpr Time longest_gap = std::chrono::seconds(30);
// A CPU that prints a stack does so without a pause; "[ cut here ]" and a few lines may stand before the other's
// header.
constexpr Time longest_breath = std::chrono::seconds(1);
constexpr std::uint64_t most_between = 6;
// THREAD_SIZE of the kernels that print stack pointers (ppc64: 16 KiB, with KASAN 32).
constexpr std::uint64_t stack_bytes = std::uint64_t{32} * 1024;

// printk's caller tags tell interleaved reports apart.
bool has_caller(const Record& r) {
    return r.caller_cpu || r.caller_tid;
}

bool same_caller(const Record& a, const Record& b) {
    return a.caller_cpu == b.caller_cpu && a.caller_tid == b.caller_tid;
}

bool asks_other_cpus(EventKind kind) {
    return kind == EventKind::rcu_stall || kind == EventKind::soft_lockup || kind == EventKind::hard_lockup ||
           kind == EventKind::hung_task || kind == EventKind::panic;
}

// Where the kernel was entered: nothing stands outside. arch/*/kernel/entry*, head*.
bool is_outermost(std::string_view function) {
    static constexpr auto names = std::to_array<std::string_view>({"entry_SYSCALL",
                                                                   "entry_SYSENTER",
                                                                   "entry_INT80",
                                                                   "ret_from_",
                                                                   "int_ret_from_",
                                                                   "system_call",
                                                                   "sysenter",
                                                                   "tracesys",
                                                                   "gs_change",
                                                                   "ret_fast_syscall",
                                                                   "kernel_thread_exit",
                                                                   "work_pending",
                                                                   "el0_sync",
                                                                   "el0t_",
                                                                   "el0_svc",
                                                                   "secondary_startup",
                                                                   "start_secondary",
                                                                   "x86_64_start",
                                                                   "i386_start",
                                                                   "start_here_common",
                                                                   "kernel_thread_starter",
                                                                   "syscall_common",
                                                                   "handle_sys",
                                                                   "handle_exception",
                                                                   "__start_ret_from",
                                                                   "rest_init"});
    return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return function.starts_with(n); });
}

// The kinds whose stack stands behind "Call Trace:" (or the architecture's word for it) and nowhere else.
bool announces_stack(EventKind kind) {
    return kind == EventKind::atomic_sleep || kind == EventKind::warning || kind == EventKind::bug ||
           kind == EventKind::oops || kind == EventKind::soft_lockup || kind == EventKind::hung_task ||
           kind == EventKind::panic;
}

}  // namespace

Strand::Strand(Opening opening, std::uint64_t line, std::uint64_t next)
    : kind_(*opening.kind),
      header_(opening.record),
      header_text_(std::move(opening.mended)),
      event_(std::move(opening.event)),
      body_(kind_, event_),
      callers_{opening.record},
      last_time_(event_.time) {
    event_.line_last = line;
    event_.offset_last = next;
}

bool Strand::may_go_on(const Opening& other, std::uint64_t line) const {
    if (!open_ || tagged() || has_caller(other.record)) return false;
    const auto same = [](const auto& a, const auto& b) { return a && b && *a == *b; };
    if (same(event_.cpu, other.event.cpu) || same(event_.task.pid, other.event.task.pid)) return false;
    if (last_time_ && other.record.time && *other.record.time - *last_time_ > longest_breath) return false;
    if (body_.has_stack()) return inside_stack() && line - event_.line_last <= most_between;
    return announces_stack(event_.kind) && line - event_.line_last <= most_unrelated;
}

bool Strand::tagged() const {
    return has_caller(header_);
}

bool Strand::may_be_of_caller(const Record& record) {
    if (!tagged() || !has_caller(record) ||
        std::any_of(callers_.begin(), callers_.end(), [&](const Record& c) { return same_caller(c, record); }))
        return true;
    if (asks_other_cpus(event_.kind) && trim(record.message).starts_with("NMI backtrace for cpu ")) {
        callers_.push_back(record);
        return true;
    }
    if (++foreign_ > most_foreign) open_ = false;
    return false;
}

bool Strand::too_late(const Record& record) const {
    return last_time_ && record.time && *record.time - *last_time_ > longest_gap;
}

void Strand::note_stack() {
    const auto& entry = body_.last_entry();
    last_was_frame_ = entry.has_value();
    if (!entry) return;
    // Behind the outermost entry an old stack scan may show stale ones.
    if (entry->reliable || !outermost_) outermost_ = entry->function.empty() || is_outermost(entry->function);
    if (entry->stack) stack_pointer_ = entry->stack;
}

// A stall report takes a while to print; t= counts up to the moment of its own line.
void Strand::note_jiffies_time(const Record& record) {
    if (event_.kind == EventKind::rcu_stall && record.time && event_.fields.contains("jiffies") &&
        !event_.fields.contains("jiffies_time_s"))
        event_.fields["jiffies_time_s"] = seconds(*record.time);
}

void Strand::note_loss(std::string_view message) {
    const std::size_t at = message.find("** ");
    if (at == std::string_view::npos || !contains(message.substr(at), " printk messages dropped **")) return;
    lost_ += number_after(message, "** ").value_or(0);
    if (!event_.partial || event_.partial_reason.ends_with(" of its time")) {
        event_.partial = true;
        event_.partial_reason = "printk dropped " + std::to_string(lost_) + " messages of its time";
    }
}

bool Strand::take(const Record& record, std::uint64_t line, std::uint64_t next) {
    if (body_.take(record.message, line)) {
        unrelated_ = 0;
        note_jiffies_time(record);
        if (!trim(record.message).empty()) note_stack();
        event_.line_last = line;
        event_.offset_last = next;
        if (record.time) last_time_ = record.time;
        if (body_.ended()) open_ = false;
        return true;
    }
    const bool waiting =
        !body_.has_stack() && (!last_time_ || !record.time || *record.time - *last_time_ < longest_wait);
    if (++unrelated_ > (waiting ? most_unrelated_before_stack : most_unrelated)) open_ = false;
    return false;
}

Strand::Fit Strand::fit(const Record& record, std::uint64_t line) const {
    const std::string_view message = record.message;
    const Fit soft = event_.line_last + 1 == line ? Fit::next : Fit::may_be;
    if (is_cpu_line(message)) {
        const auto where = parse_cpu_line(message);
        if (!where) return soft;
        const auto differs = [](const auto& a, const auto& b) { return a && b && *a != *b; };
        if (differs(where->cpu, event_.cpu) || differs(where->task.pid, event_.task.pid)) return Fit::none;
        return event_.task.pid || event_.cpu ? Fit::proved : soft;
    }
    if (const auto section = open_section(message); section && section->kind == Section::Kind::call_trace) {
        if (body_.in_stack()) return Fit::none;
        return beside_ && !body_.has_stack() ? Fit::turn : soft;
    }
    if (const auto entry = parse_frame_line(message)) {
        if (body_.expects_place()) return Fit::proved;
        if (entry->frame.stack && stack_pointer_) {
            const bool grows =
                *entry->frame.stack > *stack_pointer_ && *entry->frame.stack - *stack_pointer_ < stack_bytes;
            return grows ? Fit::proved : Fit::none;
        }
        if (outermost_ || (announces_stack(event_.kind) && !body_.in_section())) return Fit::none;
        return beside_ && !body_.has_stack() ? Fit::turn : soft;
    }
    return soft;
}

void Strand::mixed_with(std::uint64_t other) {
    if (event_.partial) return;
    event_.partial = true;
    event_.partial_reason = "its lines are mixed with those of the report in line " + std::to_string(other) +
                            ", and some of them could be either's";
}

void Strand::mended() {
    if (event_.partial) return;
    event_.partial = true;
    event_.partial_reason = mended_reason;
}

void Strand::log_ended() {
    if (!open_ || event_.partial || event_.kind == EventKind::memory_leak) return;
    const bool no_stack = announces_stack(event_.kind) && !body_.has_stack() && event_.kind != EventKind::panic;
    if (!no_stack && !inside_stack()) return;
    event_.partial = true;
    event_.partial_reason = no_stack ? "the log ends before its stack" : "the log ends inside its stack";
}

Event Strand::finish() {
    body_.finish();
    if (!event_.cpu && header_.caller_cpu) event_.cpu = header_.caller_cpu;
    if (!event_.task.pid && header_.caller_tid) event_.task.pid = header_.caller_tid;
    return std::move(event_);
}

}  // namespace stallsight
