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
constexpr std::uint64_t owner_flags = 7;    // MUTEX_FLAGS; RWSEM_OWNER_FLAGS_MASK is 3
constexpr std::uint64_t rwsem_reader = 1;   // RWSEM_READER_OWNED
constexpr std::uint64_t rt_mutex_flag = 1;  // RT_MUTEX_HAS_WAITERS
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

bool contains(const std::vector<std::uint64_t>& list, std::uint64_t value) {
    return std::find(list.begin(), list.end(), value) != list.end();
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
            if (!find_listed(i) && !find_rt_mutex(i)) find_writer_behind_readers(i);
        }
        return std::move(waits_);
    }

private:
    bool find_listed(std::size_t number) {
        for (const LockKind& kind : kinds) {
            // The waiter is a local variable: it lies between the frames inside the function and its own end.
            const Frame* frame = frame_of(number, kind.functions);
            if (!frame) continue;
            const std::uint64_t outer = *(frame + 1)->stack;
            for (std::uint64_t at = *frame->stack & ~std::uint64_t{7}; at < outer; at += 8)
                if (kernel_.memory().pointer(at) == tasks_[number].task_address &&
                    add_waiter(kind, number, at, outer))
                    return true;
        }
        return false;
    }

    // `at`: where on its stack the task's own address was found; `outer`: where the function's stack ends.
    bool add_waiter(const LockKind& kind, std::size_t number, std::uint64_t at, std::uint64_t outer) {
        const auto& task = kernel_.types().member(kind.waiter, "task");
        const auto& link = kernel_.types().member(kind.waiter, "list");
        if (!task || !link) return false;
        const std::vector<std::uint64_t> ring = ring_of(at - task->offset + link->offset);
        const auto lock = kernel_.types().member(kind.type, "first_waiter")
                              ? lock_outside(kind, number, ring, outer)
                              : lock_inside(kind, ring);
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

    // All nodes of the list that this one is in; none where it is no list.
    std::vector<std::uint64_t> ring_of(std::uint64_t start) const {
        std::vector<std::uint64_t> ring;
        std::uint64_t node = start;
        while (ring.size() < longest_ring) {
            const auto next = kernel_.memory().pointer(node);
            const auto back = next ? kernel_.memory().pointer(*next + 8) : std::nullopt;
            if (back != node) return {};
            ring.push_back(node);
            node = *next;
            if (node == start) return ring;
        }
        return {};
    }

    // The list goes through the lock: its head is the one node that is no waiter's.
    std::optional<Object> lock_inside(const LockKind& kind, const std::vector<std::uint64_t>& ring) const {
        const auto is_no_waiter = [&](std::uint64_t node) { return !is_waiter(kind, node); };
        const auto head = std::find_if(ring.begin(), ring.end(), is_no_waiter);
        if (head == ring.end() || std::find_if(head + 1, ring.end(), is_no_waiter) != ring.end())
            return std::nullopt;
        return Object::container(kernel_.types(), kernel_.memory(), kind.type, "wait_list", *head);
    }

    // In 7.2 the list has waiters only, and the lock points to the first of them.
    std::optional<Object> lock_outside(const LockKind& kind, std::size_t number,
                                       const std::vector<std::uint64_t>& ring, std::uint64_t outer) const {
        if (!std::all_of(ring.begin(), ring.end(), [&](std::uint64_t node) { return is_waiter(kind, node); }))
            return std::nullopt;
        const std::uint64_t link = kernel_.types().member(kind.waiter, "list")->offset;
        return on_stack(kind.type, number, outer, [&](const Object& lock) {
            const auto first = lock.number("first_waiter");
            return contains(ring, first.value_or(0) + link) && !contains(ring, lock.address() + link);
        });
    }

    // What a function works with lies on its stack or on that of what it called, as the registers that they saved
    // for it: the structure that some word there points to, and that `is_it`. `outer`: where its stack ends.
    template <class Test>
    std::optional<Object> on_stack(const char* type, std::size_t number, std::uint64_t outer,
                                   const Test& is_it) const {
        const Object task = kernel_.object_at(tasks_[number].task_address, "task_struct");
        const auto of_registers = kernel_.types().member("task_struct", "thread.cpu_context");  // arm64
        std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
        if (of_registers)
            places.emplace_back(task.address() + of_registers->offset,
                                task.address() + of_registers->offset + of_registers->size);
        for (const char* pointer : {"thread.sp", "thread.ksp", "thread.cpu_context.sp"})
            if (const auto inner = task.number(pointer); inner && *inner < outer && outer - *inner < stack_size_)
                places.emplace_back(*inner, outer);
        for (const auto& [from, to] : places)
            for (std::uint64_t at = from; at < to; at += 8)
                if (const auto word = kernel_.memory().pointer(at); word && *word % 8 == 0)
                    if (Object found = kernel_.object_at(*word, type); is_it(found)) return found;
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

    // PREEMPT_RT's locks, and futexes with priority inheritance. Its rw_semaphore and rwlock_t are a rwbase_rt,
    // whose rt_mutex a writer holds.
    bool find_rt_mutex(std::size_t number) {
        const auto waiter = kernel_.object_at(tasks_[number].task_address, "task_struct").pointed("pi_blocked_on");
        const auto mutex = waiter ? waiter->pointed("lock") : std::nullopt;
        if (!mutex) return false;
        std::optional<Object> base;
        if (frame_of(number, {"rwbase_", "__rwbase_"}))
            base = Object::container(kernel_.types(), kernel_.memory(), "rwbase_rt", "rtmutex", mutex->address());
        const Object& lock = base ? *base : *mutex;
        LockWait wait{number, base ? "rwbase_rt" : "rt_mutex", name_of(lock.address()), lock.address(), {}, false};
        if (const auto owner = mutex->number("owner")) wait.owner = number_of(*owner & ~rt_mutex_flag);
        waits_.push_back(std::move(wait));
        return true;
    }

    // kernel/locking/rwbase_rt.c: rwbase_write_lock() has the rt_mutex and waits for the readers, whom nobody
    // lists.
    void find_writer_behind_readers(std::size_t number) {
        const Frame* frame = frame_of(number, {"rwbase_write_lock"});
        if (!frame) return;
        const auto lock = on_stack("rwbase_rt", number, *(frame + 1)->stack, [&](const Object& base) {
            const auto owner = base.number("rtmutex.owner");
            return owner && (*owner & ~rt_mutex_flag) == tasks_[number].task_address;
        });
        if (lock) waits_.push_back({number, "rwbase_rt", name_of(lock->address()), lock->address(), {}, true});
    }

    // The first frame of a function whose name starts so, where its end on the stack is known: there the next
    // begins.
    const Frame* frame_of(std::size_t number, std::initializer_list<const char*> functions) const {
        const auto& frames = tasks_[number].frames;
        const auto found = std::find_if(frames.begin(), frames.end(), [&](const Frame& frame) {
            return starts_with_any(frame.function, functions);
        });
        if (found == frames.end() || !found->stack || found + 1 == frames.end() || !(found + 1)->stack)
            return nullptr;
        return &*found;
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
