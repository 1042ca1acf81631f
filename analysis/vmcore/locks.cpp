#include "analysis/vmcore/locks.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>
#include <utility>

namespace stallsight {
namespace {

// A kind of lock whose waiters are in a list.
struct LockKind {
    const char* type;
    const char* waiter;  // the structure on the waiter's stack
    std::initializer_list<const char*>
        owner;  // members that say who holds it, one by version; none: it has no owner
    std::initializer_list<const char*> functions;  // of the waiter's stack: what their names start with
};
const LockKind kinds[] = {
    {"mutex", "mutex_waiter", {"owner.counter", "owner"}, {"__mutex_lock", "mutex_lock", "__ww_mutex_lock"}},
    {"rw_semaphore",
     "rwsem_waiter",
     {"owner.counter", "owner"},
     {"rwsem_down_", "__rwsem_down_", "call_rwsem_down_"}},
    {"semaphore", "semaphore_waiter", {}, {"__down", "___down"}},
};
constexpr std::uint64_t owner_flags = 7;   // MUTEX_FLAGS; RWSEM_OWNER_FLAGS_MASK is 3
constexpr std::uint64_t rwsem_reader = 1;  // RWSEM_READER_OWNED
constexpr std::uint64_t longest_ring = 1 << 16;

// THREAD_SIZE: include/asm-generic/vmlinux.lds.h: INIT_TASK_DATA makes room for one stack; renamed in 6.10.
std::uint64_t stack_size(const Kernel& kernel) {
    constexpr std::uint64_t usual = 16384;
    for (const auto& [start, end] :
         {std::pair("__start_init_task", "__end_init_task"), std::pair("__start_init_stack", "__end_init_stack")})
        if (const auto low = kernel.address(start), high = kernel.address(end); low && high && *low < *high)
            return *high - *low;
    return usual;
}

bool starts_with_any(const std::string& name, std::initializer_list<const char*> heads) {
    return std::any_of(heads.begin(), heads.end(), [&](const char* head) { return name.starts_with(head); });
}

class Finder {
public:
    Finder(const Kernel& kernel, const LoadedModules& modules, const std::vector<KernelTask>& tasks)
        : kernel_(kernel), modules_(modules), tasks_(tasks), stack_size_(stack_size(kernel)) {
        for (std::size_t i = 0; i < tasks.size(); ++i) numbers_[tasks[i].task_address] = i;
    }

    std::vector<LockWait> run() {
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (tasks_[i].active) continue;
            if (!find_listed(i)) find_rt_mutex(i);
        }
        return std::move(waits_);
    }

private:
    bool find_listed(std::size_t number) {
        for (const LockKind& kind : kinds) {
            const auto waits_here = [&](const Frame& frame) {
                return starts_with_any(frame.function, kind.functions);
            };
            const auto& frames = tasks_[number].frames;
            const auto found = std::find_if(frames.begin(), frames.end(), waits_here);
            // The waiter is a local variable: it lies between the frames inside the function and its own end.
            if (found == frames.end() || !found->stack || found + 1 == frames.end() || !(found + 1)->stack)
                continue;
            for (std::uint64_t at = *found->stack & ~std::uint64_t{7}; at < *(found + 1)->stack; at += 8)
                if (kernel_.memory().pointer(at) == tasks_[number].task_address && add_waiter(kind, number, at))
                    return true;
        }
        return false;
    }

    // `at`: where on its stack the task's own address was found.
    bool add_waiter(const LockKind& kind, std::size_t number, std::uint64_t at) {
        const auto& task = kernel_.types().member(kind.waiter, "task");
        const auto& link = kernel_.types().member(kind.waiter, "list");
        if (!task || !link) return false;
        const auto head = head_of(kind, at - task->offset + link->offset);
        const auto lock = head ? Object::container(kernel_.types(), kernel_.memory(), kind.type, "wait_list", *head)
                               : std::nullopt;
        if (!lock) return false;
        LockWait wait{number, kind.type, name_of(lock->address()), lock->address(), {}, false};
        for (const char* member : kind.owner) {
            const auto owner = lock->number(member);
            if (!owner) continue;
            wait.owner = number_of(*owner & ~owner_flags);
            wait.shared = std::string_view(kind.type) == "rw_semaphore" && (*owner & rwsem_reader);
            break;
        }
        waits_.push_back(std::move(wait));
        return true;
    }

    // Round the ring from a waiter's node: the head is the one node that is no waiter's.
    std::optional<std::uint64_t> head_of(const LockKind& kind, std::uint64_t start) const {
        std::optional<std::uint64_t> head;
        std::uint64_t node = start;
        for (std::uint64_t i = 0; i < longest_ring; ++i) {
            const auto next = kernel_.memory().pointer(node);
            const auto back = next ? kernel_.memory().pointer(*next + 8) : std::nullopt;
            if (back != node) return std::nullopt;
            if (!is_waiter(kind, node)) {
                if (head) return std::nullopt;
                head = node;
            }
            node = *next;
            if (node == start) return head;
        }
        return std::nullopt;
    }

    // It lies on the stack of the task that it names.
    bool is_waiter(const LockKind& kind, std::uint64_t node) const {
        const auto waiter = Object::container(kernel_.types(), kernel_.memory(), kind.waiter, "list", node);
        const auto task = waiter ? waiter->number("task") : std::nullopt;
        if (!task || !numbers_.contains(*task)) return false;
        const auto stack = kernel_.object_at(*task, "task_struct").number("stack");
        return stack && node >= *stack && node - *stack < stack_size_;
    }

    // PREEMPT_RT's mutexes, and futexes with priority inheritance.
    void find_rt_mutex(std::size_t number) {
        const auto waiter = kernel_.object_at(tasks_[number].task_address, "task_struct").pointed("pi_blocked_on");
        const auto lock = waiter ? waiter->pointed("lock") : std::nullopt;
        if (!lock) return;
        LockWait wait{number, "rt_mutex", name_of(lock->address()), lock->address(), {}, false};
        if (const auto owner = lock->number("owner")) wait.owner = number_of(*owner & ~std::uint64_t{1});
        waits_.push_back(std::move(wait));
    }

    std::optional<std::size_t> number_of(std::uint64_t task) const {
        const auto known = numbers_.find(task);
        return known == numbers_.end() ? std::nullopt : std::optional(known->second);
    }

    // "rtnl_mutex", "cgroup_threadgroup_rwsem+0x40"
    std::string name_of(std::uint64_t address) const {
        std::string name;
        std::uint64_t offset = 0;
        if (const Variable* variable = kernel_.variable_at(address)) {
            name = variable->name;
            offset = address - kernel_.offset() - variable->address;
        } else if (const LoadedModule* module = modules_.at(address)) {
            const ModuleSymbol* symbol = module->symbol_at(address);
            if (!symbol) return {};
            name = symbol->name;
            offset = address - symbol->address;
        }
        if (offset == 0) return name;
        char text[20];
        std::snprintf(text, sizeof text, "+0x%llx", static_cast<unsigned long long>(offset));
        return name + text;
    }

    const Kernel& kernel_;
    const LoadedModules& modules_;
    const std::vector<KernelTask>& tasks_;
    std::uint64_t stack_size_;  // THREAD_SIZE
    std::unordered_map<std::uint64_t, std::size_t> numbers_;
    std::vector<LockWait> waits_;
};

}  // namespace

std::vector<LockWait> find_lock_waits(const Kernel& kernel, const LoadedModules& modules,
                                      const std::vector<KernelTask>& tasks) {
    return Finder(kernel, modules, tasks).run();
}

}  // namespace stallsight
