#include "parsers/reports/sections.h"

#include <algorithm>
#include <array>

#include "parsers/prefix_table.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

struct Opening {
    std::string_view prefix;
    Section::Kind kind;
};

using Kind = Section::Kind;

// mm/kasan/report.c, mm/kmsan/report.c, mm/kfence/report.c, mm/kmemleak.c, lib/nmi_backtrace.c,
// kernel/rcu/tree_stall.h, kernel/locking/lockdep.c, arch/*/kernel/traps.c
constexpr auto openings = std::to_array<Opening>({
    Opening{"Call Trace", Kind::call_trace},
    Opening{"Last Breaking-Event-Address:", Kind::other},  // s390: the last jump, no part of the stack
    Opening{"Call trace", Kind::call_trace},
    Opening{"Backtrace:", Kind::call_trace},
    Opening{"backtrace:", Kind::call_trace},
    Opening{"backtrace (", Kind::call_trace},
    Opening{"stack backtrace:", Kind::call_trace},
    Opening{"Task dump for CPU ", Kind::task_dump},
    Opening{"NMI backtrace for cpu ", Kind::nmi_backtrace},
    Opening{"CPU#", Kind::other},
    Opening{"Allocated by task", Kind::allocated_by},
    Opening{"Allocated:", Kind::allocated_by},
    Opening{"allocated by task", Kind::allocated_by},
    Opening{"kfence-#", Kind::other},
    Opening{"Freed by task", Kind::freed_by},
    Opening{"Freed:", Kind::freed_by},
    Opening{"freed by task", Kind::freed_by},
    Opening{"INFO: Allocated in", Kind::allocated_by},
    Opening{"INFO: Freed in", Kind::freed_by},
    Opening{"Allocated in ", Kind::allocated_by},  // mm/slub.c since 5.14
    Opening{"Freed in ", Kind::freed_by},
    Opening{"page last allocated via", Kind::allocated_by},
    Opening{"page last free", Kind::freed_by},
    Opening{"Last potentially related work", Kind::other},
    Opening{"Second to last potentially", Kind::other},
    Opening{"Last call_rcu", Kind::other},
    Opening{"Second to last call_rcu", Kind::other},
    Opening{"Uninit was stored to memory at", Kind::other},
    Opening{"Uninit was created at", Kind::allocated_by},
    Opening{"Local variable", Kind::other},
    Opening{"Memory state around", Kind::table},
    Opening{"-> #", Kind::lock_chain},
    Opening{"Showing all locks held in the system", Kind::held_locks},
    Opening{"RCU grace-period kthread stack dump", Kind::kthread_stack},
    Opening{"Mem-Info:", Kind::table},
    Opening{"Stack depot", Kind::other},
});

std::optional<int> to_int(std::optional<std::int64_t> value) {
    if (!value || *value < 0 || *value > 0x7fffffff) return std::nullopt;
    return static_cast<int>(*value);
}

// "3 locks held by kworker/0:1/123:" (lockdep_print_held_locks), "1 lock on stack by ..."
bool is_held_locks(std::string_view s) {
    std::string_view rest = s;
    if (eat(rest, "no locks held by ")) return true;
    if (!eat_number(rest)) return false;
    return rest.starts_with(" lock held by ") || rest.starts_with(" locks held by ");
}

// "{SOFTIRQ-ON-W} state was registered at:", "HARDIRQ-ON-W at:", "... key at: [<..>]"
bool is_lock_history(std::string_view s) {
    return s.ends_with("state was registered at:") || s.ends_with("-W at:") || s.ends_with("-R at:") ||
           s.ends_with("INITIAL USE at:") || s.starts_with("... acquired at:") || s.ends_with(" at:");
}

// "read to 0xffff888 of 8 bytes by task 123 on cpu 1:" (kernel/kcsan/report.c)
bool is_race_side(std::string_view s) {
    return s.ends_with(':') && (contains(s, " by task ") || contains(s, " by interrupt on ")) &&
           contains(s, "cpu ") && (contains(s, "read ") || contains(s, "write "));
}

constexpr std::string_view task_states = "RSDTtXZPIKW";

// A state's letter stands alone: a quick look, since nearly all lines are none of a task.
bool has_state(std::string_view s) {
    for (std::size_t i = 1; i + 1 < s.size(); ++i)
        if (is_blank(s[i - 1]) && is_blank(s[i + 1]) && task_states.find(s[i]) != std::string_view::npos)
            return true;
    return false;
}

}  // namespace

std::optional<Section> open_section(std::string_view message) {
    std::string_view s = trim(message);
    if (s.size() < 5 || s.size() > 300) return std::nullopt;
    eat(s, "rcu: ");
    Section section;
    static const PrefixTable<Opening> table(openings);
    if (const Opening* found = table.find(s); found != nullptr) {
        section.kind = found->kind;
    } else if (is_held_locks(s)) {
        section.kind = Kind::held_locks;
    } else if (is_race_side(s)) {
        section.kind = Kind::call_trace;
    } else if (is_lock_history(s)) {
        section.kind = Kind::other;
    } else {
        return std::nullopt;
    }
    section.title = std::string(s.ends_with(':') ? s.substr(0, s.size() - 1) : s);
    section.cpu = to_int(number_after(s, section.kind == Kind::task_dump ? "CPU " : "cpu "));
    if (section.kind == Kind::call_trace) section.cpu.reset();
    section.task.pid = to_int(number_after(s, "by task "));
    return section;
}

std::optional<TaskLine> parse_task_line(std::string_view message) {
    std::string_view s = trim_left(message);
    TaskLine line;
    if (eat(s, "task:")) {
        const std::size_t state = s.find(" state:");
        if (state == std::string_view::npos || state + 7 >= s.size()) return std::nullopt;
        line.task.comm = std::string(trim(s.substr(0, state)));
        line.state = s[state + 7];
        line.task.pid = to_int(number_after(s, " pid:"));
        return line;
    }
    // comm, state letter, "running task" or the wait address, free stack, pid, parent, flags
    if (!has_state(s)) return std::nullopt;
    auto words = split_blanks(s);
    if (words.size() < 5 || words.size() > 12) return std::nullopt;
    std::size_t state = 1;
    while (state < words.size() && state < 4 && words[state].size() != 1) ++state;
    if (state >= words.size() || words[state].size() != 1 || !contains(task_states, words[state]))
        return std::nullopt;
    std::size_t at = state + 1;
    if (at + 1 < words.size() && words[at] == "running" && words[at + 1] == "task") at += 2;
    std::vector<std::uint64_t> numbers;
    for (; at < words.size() && numbers.size() < 4; ++at) {
        std::string_view word = words[at];
        if (word.starts_with("0x") || (word.size() == 16 && is_hex(word[0]))) continue;
        const auto number = eat_number(word);
        if (!number || !word.empty()) break;
        numbers.push_back(*number);
    }
    if (numbers.size() < 2 || numbers[1] > 0x7fffffff) return std::nullopt;
    line.task.comm = std::string(s.substr(0, static_cast<std::size_t>(words[state - 1].end() - s.begin())));
    line.state = words[state][0];
    line.task.pid = static_cast<int>(numbers[1]);
    return line;
}

}  // namespace stallsight
