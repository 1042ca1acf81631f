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

// Flavors: one since 4.20; before, each had a state of its own, and two might be the same.
struct Flavor {
    const char *state, *data;
};
constexpr Flavor flavors[] = {{"rcu_state", "rcu_data"},
                              {"rcu_preempt_state", "rcu_preempt_data"},
                              {"rcu_sched_state", "rcu_sched_data"},
                              {"rcu_bh_state", "rcu_bh_data"}};

// Since 4.19 one number tells which grace period it is and whether it runs.
std::optional<std::int64_t> grace_period_of(const Object& object) {
    const auto sequence = object.signed_number("gp_seq");
    return sequence ? sequence : object.signed_number("gpnum");
}

bool is_in_progress(const Object& state) {
    if (const auto sequence = state.signed_number("gp_seq")) return (*sequence & sequence_state) != 0;
    return state.number("gpnum") != state.number("completed");
}

RcuState::Cpu read_cpu(const Object& data, int number, bool in_progress) {
    RcuState::Cpu cpu{number, grace_period_of(data), {}, {}};
    for (const char* length : {"cblist.len.counter", "cblist.len", "qlen"})
        if (!cpu.callbacks) cpu.callbacks = data.number(length);
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
    const Flavor* flavor = nullptr;
    std::optional<Object> global;
    for (const Flavor& each : flavors) {  // that for which somebody waits, else the first
        auto found = kernel.object(each.state, "rcu_state");
        if (!found || !grace_period_of(*found) || (flavor && !is_in_progress(*found))) continue;
        flavor = &each;
        global = std::move(found);
        if (is_in_progress(*global)) break;
    }
    if (!flavor) return std::nullopt;
    RcuState state;
    state.grace_period = grace_period_of(*global);
    state.in_progress = is_in_progress(*global);
    if (const auto name = global->number("name")) state.name = kernel.memory().text(*name, longest_name);
    if (state.in_progress) state.started_jiffies = global->number("gp_start");
    if (const auto kthread = global->number("gp_kthread")) state.kthread = number_of(tasks, *kthread);
    for (const int cpu : kernel.cpus()) {
        const auto data = kernel.object(flavor->data, cpu, "rcu_data");
        if (!data) continue;
        state.cpus.push_back(read_cpu(*data, cpu, state.in_progress));
        if (const auto leaf = data->pointed("mynode")) add_readers(kernel, *leaf, tasks, state);
    }
    return state;
}

}  // namespace stallsight
