#include "analysis/vmcore/stack_sentences.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "analysis/guilty/rules.h"
#include "analysis/words.h"

namespace stallsight {
namespace {

struct LockFunction {
    std::string_view prefix, kind;
};

// The functions in which a task waits: kernel/locking/mutex.c, rwsem.c, percpu-rwsem.c, semaphore.c, rtmutex.c,
// spinlock_rt.c (6.1). The first that fits counts.
constexpr std::array sleeping_locks = {
    LockFunction{"__mutex_lock", "a mutex"},
    LockFunction{"mutex_lock", "a mutex"},
    LockFunction{"__ww_mutex_lock", "a ww_mutex"},
    LockFunction{"ww_mutex_lock", "a ww_mutex"},
    LockFunction{"rwsem_down_", "an rw_semaphore"},
    LockFunction{"down_read", "an rw_semaphore"},
    LockFunction{"down_write", "an rw_semaphore"},
    LockFunction{"__down_read", "an rw_semaphore"},
    LockFunction{"__down_write", "an rw_semaphore"},
    LockFunction{"__down", "a semaphore"},
    LockFunction{"percpu_down_write", "a percpu_rw_semaphore"},
    LockFunction{"percpu_rwsem_wait", "a percpu_rw_semaphore"},
    LockFunction{"rt_mutex_slowlock", "an rt_mutex"},
    LockFunction{"__rt_mutex_slowlock", "an rt_mutex"},
    LockFunction{"rtlock_slowlock", "a spin lock that sleeps"},
};

// Those in which a CPU spins; they call nothing, so that they are left only with the lock:
// kernel/locking/qspinlock.c, qrwlock.c, arch/powerpc/lib/locks.c.
constexpr std::array spinning_locks = {
    LockFunction{"native_queued_spin_lock_slowpath", "a spin lock"},
    LockFunction{"__pv_queued_spin_lock_slowpath", "a spin lock"},
    LockFunction{"queued_spin_lock_slowpath", "a spin lock"},
    LockFunction{"queued_read_lock_slowpath", "an rwlock"},
    LockFunction{"queued_write_lock_slowpath", "an rwlock"},
    LockFunction{"splpar_spin_yield", "a spin lock"},
    LockFunction{"splpar_rw_yield", "an rwlock"},
};

// Index of the innermost frame of one of `functions`, and the kind of its lock.
template <std::size_t count>
std::optional<std::pair<std::size_t, std::string_view>> lock_on(const std::vector<Frame>& frames,
                                                                const std::array<LockFunction, count>& functions) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::string_view name = without_suffix(frames[i].function);
        const auto found = std::find_if(functions.begin(), functions.end(), [&](const LockFunction& function) {
            return name.starts_with(function.prefix);
        });
        if (frames[i].reliable && found != functions.end()) return std::pair(i, found->kind);
    }
    return std::nullopt;
}

std::string names(const KernelState& state, const std::vector<std::size_t>& tasks) {
    constexpr std::size_t most_names = 3;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < tasks.size() && i < most_names; ++i)
        words.push_back(task_words(state.tasks[tasks[i]].task));
    if (tasks.size() > most_names) words.push_back(counted(tasks.size() - most_names, "more task"));
    return joined(words);
}

// Of each CPU that runs the kernel and is not idle.
std::vector<std::string> running(const KernelState& state, std::vector<std::size_t>& tasks) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const KernelTask& task = state.tasks[i];
        if (!task.active || !task.cpu || task.task.pid == 0 || task.frames.empty()) continue;
        words.push_back(running_words(*task.cpu, task));
        tasks.push_back(i);
    }
    return words;
}

std::vector<MemorySentence> lock_sentences(const KernelState& state) {
    std::map<std::pair<std::string, std::string_view>, std::vector<std::size_t>> waiting;  // by place and kind
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const KernelTask& task = state.tasks[i];
        const auto lock = task.active || task.state == "RU" ? std::nullopt : lock_on(task.frames, sleeping_locks);
        if (lock) waiting[{in_words(task), lock->second}].push_back(i);
    }
    std::vector<MemorySentence> out;
    for (const auto& [place_and_kind, tasks] : waiting) {
        const auto& [place, kind] = place_and_kind;
        MemorySentence sentence{MemorySentence::About::stacks, names(state, tasks), {}, tasks, {}};
        sentence.text += (tasks.size() == 1 ? " waits" : " wait") + place + " for " + std::string(kind) + ".";
        const KernelTask& first = state.tasks[tasks.front()];
        sentence.why.push_back("The stack of " + task_words(first.task) + " is inside " +
                               first.frames[lock_on(first.frames, sleeping_locks)->first].function +
                               "; who holds the lock, stacks do not tell.");
        out.push_back(std::move(sentence));
    }
    return out;
}

std::optional<MemorySentence> grace_period_sentence(const KernelState& state) {
    MemorySentence sentence{MemorySentence::About::stacks, {}, {}, {}, {}};
    const std::vector<std::string> waiting = grace_period_waits(state, sentence.tasks);
    if (waiting.empty()) return std::nullopt;
    sentence.text = joined(waiting);
    if (const auto busy = running(state, sentence.tasks); !busy.empty()) sentence.text += ", while " + joined(busy);
    sentence.text += ".";
    sentence.why.push_back("Which CPU the grace period waits for, stacks do not tell.");
    return sentence;
}

}  // namespace

std::vector<MemorySentence> spinning_sentences(const KernelState& state) {
    std::vector<MemorySentence> out;
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const KernelTask& task = state.tasks[i];
        const auto lock = task.active && task.cpu ? lock_on(task.frames, spinning_locks) : std::nullopt;
        if (!lock) continue;
        MemorySentence sentence{MemorySentence::About::stacks, "CPU " + std::to_string(*task.cpu), {}, {i}, {}};
        sentence.text += " spins" + in_words(task) + " for " + std::string(lock->second) + ", running " +
                         task_words(task.task) + ".";
        sentence.why.push_back("Its stack is inside " + task.frames[lock->first].function +
                               "; the kernel does not keep who holds such a lock.");
        out.push_back(std::move(sentence));
    }
    return out;
}

std::vector<MemorySentence> waiting_sentences(const KernelState& state) {
    std::vector<MemorySentence> out;
    if (auto sentence = grace_period_sentence(state)) out.push_back(std::move(*sentence));
    for (MemorySentence& sentence : lock_sentences(state)) out.push_back(std::move(sentence));
    return out;
}

}  // namespace stallsight
