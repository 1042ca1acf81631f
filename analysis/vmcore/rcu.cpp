#include "analysis/vmcore/rcu.h"

#include <algorithm>

namespace stallsight {
namespace {

constexpr std::int64_t sequence_state = 3;  // kernel/rcu/rcu.h: RCU_SEQ_STATE_MASK; 0: no grace period runs
constexpr std::size_t longest_name = 64;

std::optional<std::size_t> number_of(const std::vector<KernelTask>& tasks, std::uint64_t address) {
    const auto found =
        std::find_if(tasks.begin(), tasks.end(), [&](const auto& task) { return task.task_address == address; });
    return found == tasks.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - tasks.begin()));
}

RcuState::Cpu read_cpu(const Object& data, int number, bool in_progress) {
    RcuState::Cpu cpu{number, data.signed_number("gp_seq"), {}, data.number("cblist.len.counter")};
    if (!cpu.callbacks) cpu.callbacks = data.number("cblist.len");
    const auto leaf = data.pointed("mynode");
    const auto awaited = leaf ? leaf->number("qsmask") : std::nullopt, own = data.number("grpmask");
    if (awaited && own) cpu.awaited = in_progress && (*awaited & *own) != 0;
    return cpu;
}

// Tasks that were preempted in a read-side critical section: from the leaf's gp_tasks on to the end of its list.
void add_readers(const Kernel& kernel, const Object& leaf, const std::vector<KernelTask>& tasks, RcuState& state) {
    const auto head = leaf.address_of("blkd_tasks"), first = leaf.number("gp_tasks");
    if (!head || !first || *first == 0) return;
    bool from_here = false;
    for (const Object& task : kernel.list(*head, "task_struct", "rcu_node_entry")) {
        from_here |= task.address_of("rcu_node_entry") == first;
        const auto number = number_of(tasks, task.address());
        const bool known =
            number && std::find(state.readers.begin(), state.readers.end(), *number) != state.readers.end();
        if (from_here && number && !known) state.readers.push_back(*number);
    }
}

}  // namespace

std::optional<RcuState> read_rcu(const Kernel& kernel, const std::vector<KernelTask>& tasks) {
    const auto global = kernel.object("rcu_state", "rcu_state");
    const auto sequence = global ? global->signed_number("gp_seq") : std::nullopt;
    if (!sequence) return std::nullopt;
    RcuState state;
    state.grace_period = sequence;
    state.in_progress = (*sequence & sequence_state) != 0;
    if (const auto name = global->number("name")) state.name = kernel.memory().text(*name, longest_name);
    if (state.in_progress) state.started_jiffies = global->number("gp_start");
    if (const auto kthread = global->number("gp_kthread")) state.kthread = number_of(tasks, *kthread);
    for (const int cpu : kernel.cpus()) {
        const auto data = kernel.object("rcu_data", cpu, "rcu_data");
        if (!data) continue;
        state.cpus.push_back(read_cpu(*data, cpu, state.in_progress));
        if (const auto leaf = data->pointed("mynode")) add_readers(kernel, *leaf, tasks, state);
    }
    return state;
}

}  // namespace stallsight
