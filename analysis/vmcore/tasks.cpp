#include "analysis/vmcore/tasks.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace stallsight {
namespace {

std::optional<std::uint64_t> first_of(const Object& object, std::initializer_list<const char*> paths) {
    for (const char* path : paths)
        if (const auto value = object.number(path)) return value;
    return std::nullopt;
}

// In nanoseconds; a struct timespec before 3.17.
std::optional<double> start_time(const Object& task) {
    if (const auto seconds = task.number("start_time.tv_sec"))
        return static_cast<double>(*seconds) +
               static_cast<double>(task.number("start_time.tv_nsec").value_or(0)) / 1e9;
    const auto time = task.number("start_time");
    if (!time) return std::nullopt;
    return static_cast<double>(*time) / 1e9;
}

// thread_info is in task_struct (CONFIG_THREAD_INFO_IN_TASK), or at the end of the stack.
std::optional<Object> thread_info(const Kernel& kernel, const Object& task) {
    if (auto inside = task.member("thread_info")) return inside;
    const auto stack = task.number("stack");
    return stack ? std::optional(kernel.object_at(*stack, "thread_info")) : std::nullopt;
}

// x86 counts on the CPU, not in the task: there it is known of running tasks only. Its highest bit says that nobody
// needs to be scheduled (PREEMPT_NEED_RESCHED, inverted).
std::optional<std::uint32_t> preempt_count(const Kernel& kernel, const Object& task,
                                           std::optional<int> running_on) {
    constexpr std::uint64_t need_resched = 0x80000000;
    if (const auto info = thread_info(kernel, task))
        if (const auto count = first_of(*info, {"preempt.count", "preempt_count"}))
            return static_cast<std::uint32_t>(*count);
    if (!running_on) return std::nullopt;
    std::optional<std::uint64_t> count;
    if (const auto at = kernel.address("__preempt_count", *running_on)) count = kernel.memory().number(*at, 4);
    if (const auto hot = kernel.object("pcpu_hot", *running_on, "pcpu_hot"))  // 6.2 to 6.14
        count = hot->number("preempt_count");
    if (!count) return std::nullopt;
    return static_cast<std::uint32_t>(*count & ~need_resched);
}

class Lister {
public:
    explicit Lister(const Kernel& kernel) : kernel_(kernel) {}

    TaskList run() {
        for (const int cpu : kernel_.cpus()) {
            const auto queue = kernel_.object("runqueues", cpu, "rq");
            if (const auto current = queue ? queue->number("curr") : std::nullopt) running_[*current] = cpu;
        }
        for (const int cpu : kernel_.cpus()) {
            const auto queue = kernel_.object("runqueues", cpu, "rq");
            if (const auto idle = queue ? queue->pointed("idle") : std::nullopt) add(*idle, cpu);
        }
        add_processes();
        const auto order = [](const KernelTask& task) {
            const int pid = task.task.pid.value_or(0);
            return std::tuple(pid, pid == 0 ? task.cpu.value_or(0) : 0);
        };
        std::stable_sort(list_.tasks.begin(), list_.tasks.end(),
                         [&](const auto& left, const auto& right) { return order(left) < order(right); });
        return std::move(list_);
    }

private:
    void add_processes() {
        const auto first = kernel_.object("init_task", "task_struct");
        const auto head = first ? first->address_of("tasks") : std::nullopt;
        if (!head) {
            list_.broken = true;
            return;
        }
        for (const Object& leader : kernel_.list(*head, "task_struct", "tasks", &list_.broken)) {
            add(leader, std::nullopt);
            add_threads(leader);
        }
    }

    // The threads of a process: signal->thread_head since 3.14; before it a ring through the tasks themselves.
    void add_threads(const Object& leader) {
        const auto signal = leader.pointed("signal");
        auto head = signal ? signal->address_of("thread_head") : std::nullopt;
        const char* link = head ? "thread_node" : "thread_group";
        if (!head) head = leader.address_of("thread_group");
        if (!head) return;
        bool broken = false;
        for (const Object& thread : kernel_.list(*head, "task_struct", link, &broken)) add(thread, std::nullopt);
        list_.broken |= broken;
    }

    void add(const Object& object, std::optional<int> idle_of) {
        if (!seen_.insert(object.address()).second) return;
        const auto pid = object.number("pid");
        const auto state = first_of(object, {"__state", "state"});
        if (!pid || !state) {
            list_.broken = true;
            return;
        }
        KernelTask task;
        task.task_address = object.address();
        task.task.pid = static_cast<int>(*pid);
        task.task.comm = object.text("comm");
        task.state = state_name(*state, object.number("exit_state").value_or(0));
        task.start_time_s = start_time(object);
        const auto parent = object.pointed("real_parent");
        if (parent && !idle_of) task.parent_pid = parent->number("tgid");
        if (idle_of) task.parent_pid = 0;  // in memory it is whoever started the CPU
        task.cpu = idle_of;
        const auto info = thread_info(kernel_, object);
        auto cpu = first_of(object, {"thread_info.cpu", "cpu"});
        if (!cpu && info) cpu = info->number("cpu");
        if (!task.cpu && cpu) task.cpu = static_cast<int>(*cpu);
        const auto running = running_.find(object.address());
        task.active = running != running_.end();
        if (task.active) task.cpu = running->second;
        task.preempt_count =
            preempt_count(kernel_, object, task.active ? std::optional(running->second) : std::nullopt);
        list_.tasks.push_back(std::move(task));
    }

    const Kernel& kernel_;
    TaskList list_;
    std::unordered_map<std::uint64_t, int> running_;  // task address -> CPU
    std::unordered_set<std::uint64_t> seen_;
};

}  // namespace

// include/linux/sched.h since 4.14; the first four have always been these. EXIT_*: since 3.14.
std::string state_name(std::uint64_t state, std::uint64_t exit_state) {
    constexpr std::uint64_t no_load = 0x400, uninterruptible = 2, rt_lock_wait = 0x1000, frozen = 0x8000;
    struct Name {
        std::uint64_t bit;
        const char* text;
    };
    constexpr Name ends[] = {{0x10, "DE"}, {0x20, "ZO"}};
    constexpr Name names[] = {{1, "IN"},    {uninterruptible, "UN"}, {4, "ST"},    {8, "TR"}, {0x40, "PA"},
                              {0x80, "DE"}, {0x200, "WA"},           {0x800, "NE"}};
    for (const Name& name : ends)
        if (exit_state & name.bit) return name.text;
    if (state == 0) return "RU";
    if (state & (rt_lock_wait | frozen)) return "UN";  // as __task_state_index() has it since 5.15 and 6.1
    if ((state & uninterruptible) && (state & no_load)) return "ID";
    for (const Name& name : names)
        if (state & name.bit) return name.text;
    return {};
}

TaskList list_tasks(const Kernel& kernel) {
    return Lister(kernel).run();
}

}  // namespace stallsight
