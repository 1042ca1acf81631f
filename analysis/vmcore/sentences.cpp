#include "analysis/vmcore/sentences.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>

#include "analysis/chain/preempt_count.h"
#include "analysis/guilty/rules.h"
#include "analysis/vmcore/stack_sentences.h"
#include "analysis/words.h"

namespace stallsight {
namespace {

using namespace std::string_view_literals;

// Functions in which a task waits for a grace period to end: kernel/rcu/update.c, tree.c, net/core/dev.c.
constexpr std::array waits_for_rcu = {"synchronize_rcu"sv,       "synchronize_rcu_expedited"sv,
                                      "synchronize_sched"sv,     "synchronize_net"sv,
                                      "cond_synchronize_rcu"sv,  "rcu_barrier"sv,
                                      "__wait_rcu_gp"sv,         "wait_rcu_gp"sv,
                                      "synchronize_rcu_normal"sv};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

// "with preemption off"
std::string count_words(const KernelTask& task, const std::string& release) {
    if (!task.preempt_count || *task.preempt_count == 0) return {};
    const PreemptCount count = decode_preempt_count(*task.preempt_count, release);
    if (count.hardirq > 0 || count.nmi > 0) return " in an interrupt";
    if (count.serving_softirq) return " in a softirq";
    if (count.softirq_disabled > 0) return " with bottom halves off";
    return count.preempt > 0 ? " with preemption off" : "";
}

class Teller {
public:
    explicit Teller(const KernelState& state) : state_(state) {}

    std::vector<MemorySentence> run() {
        deadlocks();
        grace_period();
        for (const LockWait& wait : state_.waits)
            if (!told_.contains(wait.waiter)) lock(wait);
        return std::move(out_);
    }

private:
    [[nodiscard]] const KernelTask& task(std::size_t number) const { return state_.tasks[number]; }
    [[nodiscard]] std::string name(std::size_t number) const { return task_words(task(number).task); }

    [[nodiscard]] const LockWait* wait_of(std::size_t number) const {
        const auto found = std::find_if(state_.waits.begin(), state_.waits.end(),
                                        [&](const LockWait& wait) { return wait.waiter == number; });
        return found == state_.waits.end() ? nullptr : &*found;
    }

    [[nodiscard]] static std::string lock_name(const LockWait& wait) {
        const std::string article = wait.kind == "rw_semaphore" ? "an " : "a ";
        return wait.name.empty() ? article + wait.kind + " at " + hex(wait.address) : wait.name;
    }

    // "sleeps in msleep", "runs on CPU 2"
    [[nodiscard]] std::string what_it_does(std::size_t number) const {
        if (const LockWait* wait = wait_of(number)) return "waits for " + lock_name(*wait);
        const KernelTask& owner = task(number);
        if (owner.active) return "runs" + (owner.cpu ? " on CPU " + std::to_string(*owner.cpu) : std::string());
        if (owner.state == "RU") return "could run, but has no CPU";
        return "sleeps" + in_words(owner);
    }

    [[nodiscard]] std::string held_by(const LockWait& wait) const {
        if (!wait.owner && wait.shared) return ", held by readers";
        if (!wait.owner) return wait.kind == "semaphore" ? "" : ", whose holder is not known";
        const std::string holder = wait.shared ? ", held by readers, the last to come was " : ", held by ";
        return holder + name(*wait.owner) + ", which " + what_it_does(*wait.owner);
    }

    [[nodiscard]] static std::string address_step(const LockWait& wait) {
        const bool has_its_mutex = wait.kind == "rwbase_rt" && wait.shared;
        return "The " + wait.kind + " is at " + hex(wait.address) +
               (has_its_mutex ? "; the waiter already has its rt_mutex." : "; the waiter is in its list.");
    }

    void lock(const LockWait& wait) {
        MemorySentence sentence{MemorySentence::About::lock, {}, {address_step(wait)}, {wait.waiter}, {}};
        sentence.text = name(wait.waiter) + " waits" + in_words(task(wait.waiter)) + " for " + lock_name(wait) +
                        held_by(wait) + ".";
        if (wait.owner) sentence.tasks.push_back(*wait.owner);
        out_.push_back(std::move(sentence));
    }

    // From waiter to holder until one comes again. Of readers who holds the lock is not certain.
    void deadlocks() {
        for (const LockWait& first : state_.waits) {
            std::vector<std::size_t> path;
            const LockWait* wait = &first;
            while (wait && wait->owner && !wait->shared && !contains(path, wait->waiter)) {
                path.push_back(wait->waiter);
                wait = wait_of(*wait->owner);
            }
            if (path.empty() || !wait || wait->waiter != first.waiter || told_.contains(first.waiter)) continue;
            MemorySentence sentence{MemorySentence::About::deadlock, "Deadlock: ", {}, path, {}};
            for (const std::size_t waiter : path) {
                const LockWait& step = *wait_of(waiter);
                sentence.text += (waiter == path.front() ? "" : ", ") + name(waiter) + " waits for " +
                                 lock_name(step) + ", which " + name(*step.owner) + " holds";
                sentence.why.push_back(address_step(step));
                told_.insert(waiter);
            }
            sentence.text += ".";
            out_.push_back(std::move(sentence));
        }
    }

    void grace_period() {
        if (!state_.rcu || !state_.rcu->in_progress) return;
        const RcuState& rcu = *state_.rcu;
        std::vector<std::size_t> waiters;
        const std::vector<std::string> waiting = grace_period_waits(state_, waiters);
        std::vector<std::string> holding;
        MemorySentence sentence{MemorySentence::About::grace_period, {}, {}, {}, {}};
        for (const RcuState::Cpu& cpu : rcu.cpus)
            if (cpu.awaited.value_or(false)) hold(cpu.cpu, sentence, holding);
        for (const std::size_t reader : rcu.readers) {
            sentence.tasks.push_back(reader);
            // On PREEMPT_RT, it may have blocked on a lock there (kernel/rcu/tree_plugin.h).
            const char* how = task(reader).state == "RU" ? " was preempted" : " sleeps";
            holding.push_back(name(reader) + how + " inside an RCU read-side critical section");
        }
        // A grace period that has just begun waits for CPUs, too; somebody who stands still behind it matters.
        if (holding.empty() || waiters.empty()) return;
        sentence.text = joined(holding) + "; " + joined(waiting) + " behind it.";
        sentence.tasks.insert(sentence.tasks.end(), waiters.begin(), waiters.end());
        sentence.why.push_back(
            "The grace period " + std::to_string(rcu.grace_period.value_or(0)) + " of " +
            (rcu.name.empty() ? "RCU" : rcu.name) + " still waits for " +
            (sentence.cpus.empty() ? counted(rcu.readers.size(), "reader") : cpus_words(sentence.cpus)) +
            " (rcu_node.qsmask, gp_tasks).");
        out_.push_back(std::move(sentence));
    }

    // "CPU 1 runs hwa_spin (pid 312) in hwa_poll_hw_ready with preemption off"
    void hold(int cpu, MemorySentence& sentence, std::vector<std::string>& holding) const {
        const auto queue = std::find_if(state_.run_queues.begin(), state_.run_queues.end(),
                                        [&](const RunQueue& each) { return each.cpu == cpu; });
        if (queue == state_.run_queues.end() || !queue->current) return;
        const KernelTask& current = task(*queue->current);
        sentence.cpus.push_back(cpu);
        sentence.tasks.push_back(*queue->current);
        holding.push_back(running_words(cpu, current) + count_words(current, state_.release));
        if (current.preempt_count)
            sentence.why.push_back("preempt_count of CPU " + std::to_string(cpu) + " is " +
                                   hex(*current.preempt_count, 8) + ".");
    }

    const KernelState& state_;
    std::vector<MemorySentence> out_;
    std::set<std::size_t> told_;  // waiters of deadlocks
};

}  // namespace

std::optional<std::size_t> telling_frame(const KernelTask& task) {
    const auto is_own = [](const Frame& frame) {
        constexpr std::array not_own = {Group::scheduling, Group::locking, Group::waiting, Group::reporting};
        const Rule* rule = rule_for(frame.function);
        return frame.reliable && !frame.function.empty() && !(rule && contains(not_own, rule->group));
    };
    const auto is_of_module = [](const Frame& frame) { return frame.reliable && !frame.module.empty(); };
    const auto& frames = task.frames;
    if (frames.empty()) return std::nullopt;
    auto found = std::find_if(frames.begin(), frames.end(), is_of_module);
    if (found == frames.end()) found = std::find_if(frames.begin(), frames.end(), is_own);
    if (found == frames.end()) --found;
    return static_cast<std::size_t>(found - frames.begin());
}

std::string in_words(const KernelTask& task) {
    const auto number = telling_frame(task);
    if (!number || task.frames[*number].function.empty()) return {};
    const Frame& frame = task.frames[*number];
    return " in " + qualified_name(std::string(without_suffix(frame.function)), frame.module);
}

std::string running_words(int cpu, const KernelTask& task) {
    return "CPU " + std::to_string(cpu) + " runs " + task_words(task.task) + in_words(task);
}

std::vector<std::string> grace_period_waits(const KernelState& state, std::vector<std::size_t>& tasks) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const KernelTask& task = state.tasks[i];
        const auto outermost = std::find_if(task.frames.rbegin(), task.frames.rend(), [](const Frame& frame) {
            return contains(waits_for_rcu, frame.function);
        });
        if (outermost == task.frames.rend() || task.active) continue;
        words.push_back(task_words(task.task) + " waits in " + outermost->function);
        tasks.push_back(i);
    }
    return words;
}

std::vector<MemorySentence> memory_sentences(const KernelState& state) {
    std::vector<MemorySentence> sentences = Teller(state).run();
    const auto add = [&](std::vector<MemorySentence> more) {
        sentences.insert(sentences.end(), std::make_move_iterator(more.begin()),
                         std::make_move_iterator(more.end()));
    };
    add(spinning_sentences(state));
    const bool of_a_text =
        std::any_of(state.tasks.begin(), state.tasks.end(), [](const KernelTask& task) { return task.line > 0; });
    if (of_a_text) add(waiting_sentences(state));
    return sentences;
}

}  // namespace stallsight
