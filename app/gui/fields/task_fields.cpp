#include "app/gui/fields/task_fields.h"

#include "analysis/words.h"
#include "app/gui/tasks/task_rows.h"
#include "app/gui/words.h"

namespace stallsight::gui {

std::vector<FieldRow> task_field_rows(const KernelTask& task) {
    std::vector<FieldRow> rows;
    const auto add = [&rows](const char* name, const QString& value) {
        if (!value.isEmpty()) rows.push_back({name, value, {}});
    };
    const auto number = [](const auto& known) { return known ? QString::number(*known) : QString(); };
    add("command", qs(task.task.comm));
    add("PID", number(task.task.pid));
    add("parent", number(task.parent_pid));
    add("CPU", number(task.cpu));
    const QString words = state_in_words(task.state);
    add("state", words.isEmpty() ? qs(task.state) : qs(task.state) + ": " + words);
    add("on its CPU", task.active ? "yes" : "no");
    add("preempt_count", task.preempt_count ? hex(*task.preempt_count, 8) : QString());
    add("started", task.start_time_s ? qs(fixed(*task.start_time_s, 3)) + " s after boot" : QString());
    add("task_struct", task.task_address ? hex(task.task_address) : QString());
    add("its stack ends early", qs(task.stack_broken));
    FieldRow registers{"registers", {}, {}};
    for (const auto& [name, value] : task.registers) registers.parts.push_back({qs(name), hex(value, 16), {}});
    if (!registers.parts.empty()) rows.push_back(std::move(registers));
    return rows;
}

}  // namespace stallsight::gui
