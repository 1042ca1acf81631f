#include "app/cli/print_vmcore.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cinttypes>
#include <cstdio>

#include "analysis/vmcore/sentences.h"
#include "analysis/words.h"
#include "app/cli/shown.h"

namespace stallsight::cli {
namespace {

template <class... Values>
std::string format(const char* pattern, Values... values) {
    char text[512];
    const int length = std::snprintf(text, sizeof text, pattern, values...);
    return {text, static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(sizeof text) - 1))};
}

template <class Number>
std::string decimal(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : "-";
}

std::string name_of(const KernelState& state, std::size_t task) {
    return shown(task_words(state.tasks[task].task));
}

// Before a frame: the instruction that the CPU was at, since no call leads from it.
std::string interrupted_place(const Frame& frame) {
    std::string text = "    [exception RIP: " + (frame.function.empty() ? "unknown" : shown(frame.function));
    if (frame.offset) text += "+" + std::to_string(*frame.offset);
    text += "]";
    if (!frame.module.empty()) text += " [" + shown(frame.module) + "]";
    return text + format("\n    RIP: %016" PRIx64 "  RSP: %016" PRIx64 "\n", frame.address.value_or(0),
                         frame.stack.value_or(0));
}

// But for the program counter and the stack pointer, which stand in front of them.
std::string other_registers(const KernelTask& task) {
    constexpr std::array stand_before = {"rip", "rsp", "pc", "sp"};
    constexpr std::size_t a_line = 3;
    std::string text;
    std::size_t printed = 0;
    for (const auto& [name, value] : task.registers) {
        if (std::find(stand_before.begin(), stand_before.end(), name) != stand_before.end()) continue;
        std::string label = name;
        std::transform(label.begin(), label.end(), label.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        text += format(printed % a_line == 0 ? "    %s: %016" PRIx64 : "  %s: %016" PRIx64, label.c_str(), value);
        if (++printed % a_line == 0) text += "\n";
    }
    return text + (printed % a_line == 0 ? "" : "\n");
}

std::string stack_entry(const Frame& frame, std::size_t number) {
    std::string text = format("%s#%zu [%016" PRIx64 "] ", number < 10 ? " " : "", number, frame.stack.value_or(0));
    text += (frame.function.empty() ? "(unknown)" : shown(frame.function)) +
            format(" at %016" PRIx64, frame.address.value_or(0));
    if (!frame.module.empty()) text += " [" + shown(frame.module) + "]";
    return text + (frame.reliable ? "\n" : " (unreliable)\n");
}

std::string source_lines(const std::optional<Resolution>& symbol) {
    std::string text;
    if (!symbol) return text;
    for (std::size_t i = 0; i < symbol->places.size(); ++i) {
        const SourcePlace& place = symbol->places[i];
        if (place.file.empty()) continue;
        const bool inlined = i + 1 < symbol->places.size();
        text += "    " + shown(place.file) + ": " + std::to_string(place.line) +
                (inlined ? "  (inlined " + shown(place.function) + ")\n" : "\n");
    }
    return text;
}

std::string print_stack(const KernelTask& task, const std::vector<std::optional<Resolution>>& symbols) {
    std::string text = format("PID: %-8d TASK: %016" PRIx64 "  CPU: %-4s COMMAND: \"", task.task.pid.value_or(0),
                              task.task_address, decimal(task.cpu).c_str()) +
                       shown(task.task.comm) + "\"\n";
    std::size_t number = 0;
    for (std::size_t i = 0; i < task.frames.size(); ++i) {
        const Frame& frame = task.frames[i];
        text += frame.return_address ? stack_entry(frame, number++) : interrupted_place(frame);
        if (i == 0) text += other_registers(task);
        if (i < symbols.size()) text += source_lines(symbols[i]);
    }
    if (!task.stack_broken.empty()) text += "    (the stack ends here: " + task.stack_broken + ")\n";
    return text;
}

}  // namespace

std::string print_system(const CrashInfo& dump, const std::string& name) {
    const KernelState& state = dump.state;
    std::string text = "    DUMPFILE: " + shown(name) + "\n        CPUS: " + decimal(state.cpus) +
                       "\n       TASKS: " + std::to_string(state.tasks.size()) +
                       "\n     RELEASE: " + shown(state.release) + "\nCOMMAND LINE: " + shown(state.command_line) +
                       "\n       PANIC: \"" + shown(state.panic) + "\"\n";
    for (const MemorySentence& sentence : memory_sentences(state)) text += "\n" + shown(sentence.text) + "\n";
    for (const TaskChain& chain : dump.chains) text += "\n" + shown(chain.chain.sentence) + ".\n";
    return text;
}

std::string print_tasks(const CrashInfo& dump) {
    std::string text = "      PID    PPID  CPU       TASK        ST  PREEMPT      START  COMM\n";
    for (const KernelTask& task : dump.state.tasks) {
        const std::string count = task.preempt_count ? hex(*task.preempt_count) : "-";
        text += format("%c %7d %7s %4s  %016" PRIx64 "  %-2s  %7s %10s  ", task.active ? '>' : ' ',
                       task.task.pid.value_or(0), decimal(task.parent_pid).c_str(), decimal(task.cpu).c_str(),
                       task.task_address, task.state.c_str(), count.c_str(),
                       task.start_time_s ? fixed(*task.start_time_s, 3).c_str() : "-") +
                shown(task.task.comm) + "\n";
    }
    return text;
}

std::string print_stacks(const CrashInfo& dump, bool active_only) {
    std::string text;
    for (std::size_t i = 0; i < dump.state.tasks.size(); ++i) {
        const KernelTask& task = dump.state.tasks[i];
        if (active_only && !task.active) continue;
        text +=
            (text.empty() ? "" : "\n") +
            print_stack(task, i < dump.symbols.size() ? dump.symbols[i] : std::vector<std::optional<Resolution>>());
    }
    return text;
}

std::string print_waits(const CrashInfo& dump) {
    const KernelState& state = dump.state;
    std::string text;
    for (const MemorySentence& sentence : memory_sentences(state)) {
        text += shown(sentence.text) + "\n";
        for (const std::string& step : sentence.why) text += "    " + shown(step) + "\n";
    }
    if (state.waits.empty()) text += "Nobody waits for a mutex, a semaphore or a read-write semaphore.\n";
    for (const RunQueue& queue : state.run_queues) {
        text +=
            "CPU " + std::to_string(queue.cpu) + " runs " + (queue.current ? name_of(state, *queue.current) : "-");
        for (const std::size_t task : queue.queued)
            text += (task == queue.queued.front() ? "; next: " : ", ") + name_of(state, task);
        text += "\n";
    }
    return text;
}

std::string print_rcu(const CrashInfo& dump) {
    if (!dump.state.rcu) return "The state of RCU is not known.\n";
    const RcuState& rcu = *dump.state.rcu;
    std::string text = shown(rcu.name) + ": grace period " + decimal(rcu.grace_period) +
                       (rcu.in_progress ? " is in progress" : " has ended");
    if (rcu.started_jiffies) text += ", since jiffy " + std::to_string(*rcu.started_jiffies);
    if (rcu.kthread) text += "; its kthread is " + name_of(dump.state, *rcu.kthread);
    text += "\n  CPU  last seen  quiescent state  callbacks\n";
    for (const RcuState::Cpu& cpu : rcu.cpus)
        text += format("  %3d %10s  %-15s %10s\n", cpu.cpu, decimal(cpu.grace_period).c_str(),
                       !cpu.awaited   ? "not known"
                       : *cpu.awaited ? "awaited"
                                      : "reported",
                       decimal(cpu.callbacks).c_str());
    for (const std::size_t reader : rcu.readers) text += "  reader: " + name_of(dump.state, reader) + "\n";
    return text;
}

}  // namespace stallsight::cli
