// One kernel report and its parts, as read from the text: no meaning is added here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_object.h"
#include "parsers/records/record.h"
#include "parsers/records/wall_clock.h"

namespace stallsight {

using Fields = nlohmann::ordered_json;  // who looks into it includes nlohmann/json.hpp

enum class EventKind {
    rcu_stall,
    soft_lockup,
    hard_lockup,
    hung_task,
    atomic_sleep,
    lockdep,
    warning,
    bug,
    oops,
    kasan,
    kmsan,
    kcsan,
    ubsan,
    kfence,
    memory_leak,
    panic,
    workqueue_lockup,
    oom,
    refcount,
    other,
};
std::string_view name_of(EventKind kind);  // the contract's word: "rcu_stall"

struct Task {
    std::string comm;
    std::optional<int> pid;
};

// One stack entry. lib/vsprintf.c prints `%pS` as symbol+offset/size [module build-id].
struct Frame {
    std::string function;                  // without ppc64 ELFv1's leading dot; empty: only an address
    bool dotted = false;                   // the dot was there
    std::optional<std::uint64_t> offset;   // into the function
    std::optional<std::uint64_t> size;     // of the function, as kallsyms knows it: up to the next symbol
    std::optional<std::uint64_t> address;  // where printed
    std::optional<std::uint64_t> stack;    // ppc: the stack pointer of the frame
    std::string module;                    // empty: vmlinux
    std::string build_id;                  // STACKTRACE_BUILD_ID
    bool reliable = true;                  // false: "? symbol" or "(unreliable)"
    bool inlined = false;                  // the log was symbolized already and marks it [inline]
    std::string file;                      // where the log itself says it
    int source_line = 0;
    bool return_address = true;  // false: RIP/NIP/pc, the instruction itself
    std::uint64_t line = 0;      // of the log
};

// A part of a report: a stack, a register dump, held locks ...
struct Section {
    enum class Kind {
        call_trace,
        task_dump,
        nmi_backtrace,
        kthread_stack,
        held_locks,
        registers,
        code,
        modules,
        allocated_by,
        freed_by,
        lock_chain,
        table,
        other,
    };
    Kind kind = Kind::other;
    std::string title;  // as printed: "Task dump for CPU 3"
    std::optional<int> cpu;
    Task task;
    std::uint64_t line = 0, line_last = 0;
    std::vector<Frame> frames;
};

// What the line "CPU: 1 PID: 5079 Comm: ... Tainted: ... 5.4.72 #2" and its kin say (lib/dump_stack.c).
struct Machine {
    std::string release;               // 5.4.72
    std::string taint;                 // "G W O" as printed; empty: "Not tainted" or not said
    std::string hardware;              // "Hardware name:"
    std::vector<std::string> modules;  // "Modules linked in:", with their taint marks "(O)"
};

struct Event {
    EventKind kind = EventKind::other;
    std::string headline;  // the message that starts the report
    std::uint64_t line = 0, line_last = 0;
    std::uint64_t offset = 0, offset_last = 0;  // bytes of the artifact, end exclusive
    std::optional<Time> time;
    std::string wall;  // the wall-clock stamp as printed, or empty
    // `wall` understood: the year that syslog leaves out is found where the log tells it. Nothing where it does
    // not.
    std::optional<WallClock> moment;
    std::optional<int> cpu;
    Task task;
    std::vector<Frame> frames;  // the stack that the report is about, innermost first
    std::vector<Section> sections;
    Machine machine;
    // AtomicSleep and its kin: raw preempt_count; where preemption was disabled (DEBUG_PREEMPT)
    std::optional<std::uint32_t> preempt_count;
    std::optional<Frame> preempt_disabled_at;
    JsonObject fields;     // the kind's own, decoded; keys in docs/fields.md
    bool partial = false;  // head or tail is missing, or lines may be another report's
    std::string partial_reason;
    int boot = 0;  // which boot of this artifact (the clock started again)
};

}  // namespace stallsight
