// What a stopped kernel's memory says, read from a dump or from the text that `crash`, drgn or gdb printed of one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

struct KernelTask {
    Task task;
    std::optional<int> cpu;
    std::string state;    // crash's words: RU, IN, UN ...; empty: not known
    bool active = false;  // on a CPU: '>' in ps, or listed by bt -a
    std::uint64_t task_address = 0;
    std::optional<std::uint64_t> parent_pid;
    std::optional<std::uint32_t> preempt_count;
    std::optional<double> start_time_s;  // on the kernel's own clock, since boot
    // Of a dump's running task: its CPU's registers, by their machine's names: "rip", "r10"; "pc", "r1" (ppc64).
    std::map<std::string, std::uint64_t, std::less<>> registers;
    std::vector<Frame> frames;  // innermost first; an exception RIP is a frame with return_address = false
    std::string stack_broken;   // why a dump's stack ends before its outermost frame; empty: it does not
    std::uint64_t line = 0, line_last = 0;  // first and last line in a text; 0: of a dump
};

// One task that waits for a lock.
struct LockWait {
    std::size_t waiter = 0;  // index of KernelState::tasks
    std::string kind;        // "mutex", "rw_semaphore" ...: the kernel's type
    std::string name;        // the variable that the lock is; empty: not known
    std::uint64_t address = 0;
    std::optional<std::size_t> owner;  // index of KernelState::tasks
    bool shared = false;               // readers hold it: `owner` is the last of them that came, and may have left
};

struct RunQueue {
    int cpu = 0;
    std::optional<std::size_t> current;  // index of KernelState::tasks
    std::vector<std::size_t> queued;     // those that could run, the next one first
};

struct KernelModule {
    std::string name;
    std::uint64_t base = 0, size = 0;  // base 0: not known
    std::string taints;                // "OE"; empty: none, or not known
};

// Lines of the kernel log that a text holds.
struct LogLines {
    std::uint64_t line = 0, count = 0;    // first line, from 1
    std::uint64_t offset = 0, bytes = 0;  // of the same
};

// kernel/rcu/tree.h: rcu_state and each CPU's rcu_data.
struct RcuState {
    struct Cpu {
        int cpu = 0;
        std::optional<std::int64_t> grace_period;  // rcu_data.gp_seq: the last one that this CPU saw
        std::optional<bool> awaited;               // its quiescent state is still missing
        std::optional<std::uint64_t> callbacks;    // queued
    };
    std::string name;                          // "rcu_preempt"
    std::optional<std::int64_t> grace_period;  // rcu_state.gp_seq: "g=" of a stall report
    bool in_progress = false;
    std::optional<std::uint64_t> started_jiffies;
    std::optional<std::size_t> kthread;  // index of KernelState::tasks
    std::vector<std::size_t> readers;    // tasks that it waits for: preempted in a read-side critical section
    std::vector<Cpu> cpus;
};

struct KernelState {
    std::string release, panic, command_line;  // empty: not known
    std::optional<std::int64_t> crash_time_s;  // since 1970; none where the kernel did not crash by itself
    std::optional<int> cpus;
    std::uint64_t log_lines = 0;  // of the kernel log that is in it
    std::vector<LogLines> log;    // where a text holds them; empty: of a dump, or there is none
    std::vector<KernelTask> tasks;
    std::vector<LockWait> waits;
    std::vector<RunQueue> run_queues;
    std::vector<KernelModule> modules;
    std::optional<RcuState> rcu;
};

}  // namespace stallsight
