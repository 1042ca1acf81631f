#include "parsers/vmcore/crash_rows.h"

#include <algorithm>
#include <cctype>

#include "parsers/vmcore/crash_words.h"

namespace stallsight {
namespace {

using crash::number;
using crash::take_word;
using crash::trimmed;
using crash::value_of;

bool is_state(std::string_view word) {
    return word.size() == 2 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// The state among "[0 00:00:08.297] [RU]", "[120]", "CURRENT:" that stand before a header.
std::string_view state_before(std::string_view text) {
    while (!text.empty()) {
        const std::size_t open = text.find('['), close = text.find(']', open);
        if (open == text.npos || close == text.npos) break;
        if (const auto inside = text.substr(open + 1, close - open - 1); is_state(inside)) return inside;
        text.remove_prefix(close + 1);
    }
    return {};
}

}  // namespace

std::optional<std::string_view> crash_command(std::string_view line) {
    if (!line.starts_with("crash")) return std::nullopt;
    const std::size_t end = line.find('>');
    if (end == line.npos || line.substr(end + 1, 1).find_first_not_of(' ') != line.npos) return std::nullopt;
    const std::string_view name = line.substr(0, end);
    const bool is_name =
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
    return is_name ? std::optional(trimmed(line.substr(end + 1))) : std::nullopt;
}

std::optional<KernelTask> crash_task_header(std::string_view line) {
    const std::size_t start = line.find("PID: "), command = line.find("COMMAND: ");
    if (start == line.npos || command == line.npos || command < start) return std::nullopt;
    if (start > 0 && line[start - 1] != ' ') return std::nullopt;  // "PPID: "
    const std::string_view before = line.substr(0, start), header = line.substr(start, command - start);
    if (before.find_first_of("\"=(,") != before.npos) return std::nullopt;
    const auto task = crash::address(value_of(header, "TASK:"));
    KernelTask found;
    found.task.pid = number<int>(value_of(header, "PID:"));
    if (!task || !found.task.pid) return std::nullopt;
    found.task_address = *task;
    found.cpu = number<int>(value_of(header, "CPU:"));
    found.task.comm = crash::quoted(line.substr(command));
    found.state = state_before(before);
    found.active = trimmed(before).starts_with('>');
    return found;
}

std::optional<PsColumns> ps_heading(std::string_view line) {
    if (take_word(line) != "PID" || take_word(line) != "PPID" || take_word(line) != "CPU") return std::nullopt;
    return PsColumns{take_word(line) == "TASK"};
}

std::optional<KernelTask> ps_row(std::string_view line, PsColumns columns) {
    KernelTask found;
    line = trimmed(line);
    found.active = line.starts_with('>');
    if (found.active) line.remove_prefix(1);
    found.task.pid = number<int>(take_word(line));
    found.parent_pid = number<std::uint64_t>(take_word(line));
    found.cpu = number<int>(take_word(line));
    const std::string_view pointer = take_word(line);
    if (!found.task.pid || !found.parent_pid) return std::nullopt;
    if (columns.task_address) {
        const auto task = crash::address(pointer);
        if (!task) return std::nullopt;
        found.task_address = *task;
    }
    found.state = take_word(line);
    for (int i = 0; i < 3; ++i) take_word(line);  // %MEM VSZ RSS
    if (line.size() > 2 && line.front() == '[' && line.back() == ']') line = line.substr(1, line.size() - 2);
    found.task.comm = line;
    return found;
}

std::optional<int> run_queue_heading(std::string_view line) {
    if (take_word(line) != "CPU") return std::nullopt;
    const auto cpu = number<int>(take_word(line));
    return take_word(line) == "RUNQUEUE:" ? cpu : std::nullopt;
}

std::optional<ModuleColumns> module_heading(std::string_view line) {
    const std::string_view first = take_word(line), second = take_word(line), third = take_word(line);
    if (first == "NAME" && second == "TAINTS") return ModuleColumns{false, true};
    if (first != "MODULE" || second != "NAME") return std::nullopt;
    return ModuleColumns{third == "BASE" || third == "TEXT_BASE", false};
}

std::optional<KernelModule> module_row(std::string_view line, ModuleColumns columns) {
    KernelModule module;
    if (columns.taints) {
        module.name = take_word(line);
        module.taints = line;
        if (module.name.empty() || module.taints.empty()) return std::nullopt;
        return module;
    }
    const auto structure = crash::address(take_word(line));
    module.name = take_word(line);
    if (columns.base) module.base = crash::address(take_word(line)).value_or(0);
    const auto size = number<std::uint64_t>(take_word(line));
    if (!structure || !size || module.name.empty()) return std::nullopt;
    module.size = *size;
    return module;
}

}  // namespace stallsight
