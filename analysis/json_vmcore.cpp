#include "analysis/json_parts.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// A task of the same dump; null where it is not known.
void write_pid(JsonStream& out, std::string_view name, const KernelState& state, std::optional<std::size_t> task) {
    out.member(name, task ? state.tasks[*task].task.pid : std::nullopt);
}

void write_pids(JsonStream& out, std::string_view name, const KernelState& state,
                const std::vector<std::size_t>& tasks) {
    write_list(out, name, tasks, [&](std::size_t task) { out.value(state.tasks[task].task.pid); });
}

void write_task(JsonStream& out, const KernelTask& task, const std::vector<std::optional<Resolution>>& symbols) {
    out.begin_object();
    out.member("pid", task.task.pid);
    out.member("comm", task.task.comm);
    out.member("cpu", task.cpu);
    out.member("state", task.state);
    out.member("active", task.active);
    out.member("preempt_count", task.preempt_count);
    out.member("parent_pid", task.parent_pid);
    out.member("start_s", task.start_time_s);
    out.key("registers");
    out.begin_object();
    for (const auto& [name, value] : task.registers) out.member(name, hex(value));
    out.end_object();
    write_frames(out, task.frames, symbols);
    out.member("stack_broken", task.stack_broken);
    out.end_object();
}

void write_wait(JsonStream& out, const KernelState& state, const LockWait& wait) {
    out.begin_object();
    write_pid(out, "waiter", state, wait.waiter);
    out.member("kind", wait.kind);
    out.member("lock", wait.name);
    out.member("address", hex(wait.address));
    write_pid(out, "owner", state, wait.owner);
    out.member("shared", wait.shared);
    out.end_object();
}

void write_queue(JsonStream& out, const KernelState& state, const RunQueue& queue) {
    out.begin_object();
    out.member("cpu", queue.cpu);
    write_pid(out, "current", state, queue.current);
    write_pids(out, "queued", state, queue.queued);
    out.end_object();
}

void write_module(JsonStream& out, const KernelModule& module) {
    out.begin_object();
    out.member("name", module.name);
    out.member("base", hex(module.base));
    out.member("size", module.size);
    out.member("taints", module.taints);
    out.end_object();
}

void write_rcu(JsonStream& out, const KernelState& state) {
    out.key("rcu");
    if (!state.rcu) {
        out.null();
        return;
    }
    const RcuState& rcu = *state.rcu;
    out.begin_object();
    out.member("name", rcu.name);
    out.member("grace_period", rcu.grace_period);
    out.member("in_progress", rcu.in_progress);
    out.member("started_jiffies", rcu.started_jiffies);
    write_pid(out, "kthread", state, rcu.kthread);
    write_pids(out, "readers", state, rcu.readers);
    write_list(out, "cpus", rcu.cpus, [&](const RcuState::Cpu& cpu) {
        out.begin_object();
        out.member("cpu", cpu.cpu);
        out.member("grace_period", cpu.grace_period);
        out.member("awaited", cpu.awaited);
        out.member("callbacks", cpu.callbacks);
        out.end_object();
    });
    out.end_object();
}

}  // namespace

void write_vmcore(JsonStream& out, const Analysis& analysis, const CrashInfo& info) {
    const KernelState& state = info.state;
    out.begin_object();
    out.member("artifact", analysis.artifacts[info.artifact].artifact.path);
    out.member("release", state.release);
    out.member("panic", state.panic);
    out.member("cpus", state.cpus);
    out.member("log_lines", state.log_lines);
    out.member("command_line", state.command_line);
    out.member("crash_time_s", state.crash_time_s);
    out.key("tasks");
    out.begin_array();
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const bool resolved = i < info.symbols.size();
        write_task(out, state.tasks[i], resolved ? info.symbols[i] : std::vector<std::optional<Resolution>>());
    }
    out.end_array();
    write_list(out, "waits", state.waits, [&](const LockWait& wait) { write_wait(out, state, wait); });
    write_list(out, "run_queues", state.run_queues, [&](const RunQueue& queue) { write_queue(out, state, queue); });
    write_list(out, "modules", state.modules, [&](const KernelModule& module) { write_module(out, module); });
    write_rcu(out, state);
    write_list(out, "chains", info.chains, [&](const TaskChain& chain) {
        out.begin_object();
        write_pid(out, "pid", state, chain.task);
        out.member("cpu", state.tasks[chain.task].cpu);
        out.key("chain");
        write_chain(out, analysis, chain.chain);
        out.end_object();
    });
    out.end_object();
}

}  // namespace stallsight
