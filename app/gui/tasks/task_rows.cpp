#include "app/gui/tasks/task_rows.h"

#include <algorithm>
#include <array>
#include <map>

#include "analysis/guilty/rules.h"
#include "analysis/vmcore/sentences.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

// crash 8.0.2, task_state_string()
struct StateWord {
    const char* printed;
    const char* words;
};
constexpr std::array state_words = {StateWord{"RU", "running or ready to run"},
                                    StateWord{"IN", "interruptible sleep"},
                                    StateWord{"UN", "uninterruptible sleep"},
                                    StateWord{"ID", "idle kernel thread"},
                                    StateWord{"ST", "stopped"},
                                    StateWord{"TR", "traced"},
                                    StateWord{"ZO", "zombie"},
                                    StateWord{"DE", "dead"},
                                    StateWord{"SW", "swapping"},
                                    StateWord{"WA", "waking"},
                                    StateWord{"PA", "parked"},
                                    StateWord{"NE", "new"}};

bool is_in_group(const Frame& frame, std::initializer_list<Group> groups) {
    const Rule* rule = rule_for(frame.function);
    return rule && std::find(groups.begin(), groups.end(), rule->group) != groups.end();
}

bool has_text(const KernelTask& task, const QString& text) {
    const auto has = [&](const std::string& where) { return qs(where).contains(text, Qt::CaseInsensitive); };
    if (has(task.task.comm)) return true;
    if (task.task.pid && QString::number(*task.task.pid) == text) return true;
    return std::any_of(task.frames.begin(), task.frames.end(),
                       [&](const Frame& frame) { return has(frame.function) || has(frame.module); });
}

const LockWait* wait_of(const KernelState& state, std::size_t task) {
    const auto wait =
        std::find_if(state.waits.begin(), state.waits.end(), [&](const LockWait& w) { return w.waiter == task; });
    return wait == state.waits.end() ? nullptr : &*wait;
}

QString in_words(const KernelState& state, const LockWait& wait) {
    QString words = qs(wait.name.empty() ? wait.kind : wait.name);
    if (!wait.owner) return words;
    const KernelTask& owner = state.tasks.at(*wait.owner);
    words += ", held by " + qs(owner.task.comm);
    return owner.task.pid ? words + QString(" (%1)").arg(*owner.task.pid) : words;
}

}  // namespace

TaskNumbers tasks_shown(const KernelState& state, const TaskFilter& filter) {
    TaskNumbers shown;
    for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        const KernelTask& task = state.tasks[i];
        if (!filter.state.isEmpty() && qs(task.state) != filter.state) continue;
        if (filter.cpu && task.cpu != filter.cpu) continue;
        if (filter.blocked && !is_blocked(state, i)) continue;
        if (filter.text.isEmpty() || has_text(task, filter.text)) shown.push_back(i);
    }
    return shown;
}

std::vector<TaskNumbers> grouped_by_stack(const KernelState& state, const TaskNumbers& tasks) {
    std::vector<TaskNumbers> groups;
    std::map<std::string, std::size_t> known;  // functions of a stack -> index of its group
    for (const std::size_t task : tasks) {
        std::string stack;
        for (const Frame& frame : state.tasks[task].frames) stack += frame.function + '\n';
        if (stack.empty()) {
            groups.push_back({task});
            continue;
        }
        const auto [group, is_new] = known.try_emplace(std::move(stack), groups.size());
        if (is_new) groups.emplace_back();
        groups[group->second].push_back(task);
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const TaskNumbers& a, const TaskNumbers& b) { return a.size() > b.size(); });
    return groups;
}

bool is_blocked(const KernelState& state, std::size_t task) {
    return state.tasks[task].state == "UN" || wait_of(state, task) != nullptr;
}

QString waits_for(const KernelState& state, std::size_t number) {
    if (const LockWait* wait = wait_of(state, number)) return in_words(state, *wait);
    const KernelTask& task = state.tasks[number];
    const std::size_t end = telling_frame(task).value_or(0);
    // The outermost of the functions that wait is the one that the telling frame called.
    for (std::size_t i = end; !task.active && i-- > 0;)
        if (is_in_group(task.frames[i], {Group::locking, Group::waiting}))
            return qs(without_suffix(task.frames[i].function));
    return {};
}

QString state_in_words(const std::string& state) {
    for (const StateWord& word : state_words)
        if (state == word.printed) return word.words;
    return {};
}

}  // namespace stallsight::gui
