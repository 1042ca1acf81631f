#include "parsers/vmcore/debugger_text.h"

#include <algorithm>
#include <cctype>

#include "parsers/vmcore/crash_words.h"

namespace stallsight {
namespace {

using crash::number;
using crash::take_word;
using crash::trimmed;

std::optional<std::uint64_t> hex(std::string_view text) {
    return text.starts_with("0x") ? number<std::uint64_t>(text.substr(2), 16) : std::nullopt;
}

// "kernel/sched/core.c:5038:2", "t.c:5"
bool set_source(Frame& frame, std::string_view place) {
    const auto take_number = [&place]() -> std::optional<int> {
        const std::size_t colon = place.rfind(':');
        if (colon == place.npos || colon == 0) return std::nullopt;
        const auto value = number<int>(place.substr(colon + 1));
        if (value) place = place.substr(0, colon);
        return value;
    };
    const auto last = take_number();
    if (!last) return false;
    const auto before = take_number();  // then `last` is the column
    frame.source_line = before.value_or(*last);
    frame.file = place;
    return true;
}

// "ret_from_fork+0x1f/0x2a"
void set_symbol(Frame& frame, std::string_view symbol) {
    if (const std::size_t plus = symbol.rfind("+0x"); plus != symbol.npos) {
        const std::string_view place = symbol.substr(plus + 1);
        const std::size_t slash = place.find('/');
        frame.offset = hex(place.substr(0, slash));
        if (slash != place.npos) frame.size = hex(place.substr(slash + 1));
        symbol = symbol.substr(0, plus);
    }
    frame.function = symbol;
}

// Behind the function: gdb's "(args) at FILE:LINE" or "(args) from LIB", drgn's "(FILE:LINE:COLUMN)".
bool set_place(Frame& frame, std::string_view rest) {
    if (!rest.starts_with('(')) return false;
    if (const std::size_t at = rest.rfind(") at "); at != rest.npos)
        return set_source(frame, trimmed(rest.substr(at + 5)));
    if (rest.find(") from ") != rest.npos) return true;
    if (!rest.ends_with(')')) return true;  // gdb breaks long argument lists into lines
    const std::string_view inside = rest.substr(1, rest.size() - 2);
    if (inside.find('=') == inside.npos) set_source(frame, inside);
    return true;
}

// The number behind `label`: number_behind("(LWP 17705)", "LWP ") is 17705.
std::optional<int> number_behind(std::string_view line, std::string_view label) {
    const std::size_t at = line.find(label);
    if (at == line.npos) return std::nullopt;
    line.remove_prefix(at + label.size());
    const auto digits = std::find_if_not(line.begin(), line.end(), [](unsigned char c) { return std::isdigit(c); });
    const bool whole = digits == line.end() || *digits == ')' || *digits == ' ' || *digits == ',';
    return whole ? number<int>(line.substr(0, static_cast<std::size_t>(digits - line.begin()))) : std::nullopt;
}

// The word behind `label`, which may be followed by ':' or '=' and in quotes: "PID: 311", "comm=b'init'".
std::string_view word_behind(std::string_view line, std::string_view label) {
    for (std::size_t at = 0; at + label.size() <= line.size(); ++at) {
        const bool start = at == 0 || std::isalnum(static_cast<unsigned char>(line[at - 1])) == 0;
        const bool same =
            std::equal(label.begin(), label.end(), line.begin() + static_cast<std::ptrdiff_t>(at),
                       [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
        if (!start || !same) continue;
        std::string_view rest = line.substr(at + label.size());
        const std::size_t separators = std::min(rest.find_first_not_of(" :="), rest.size());
        if (separators == 0) continue;
        rest.remove_prefix(separators);
        if (rest.starts_with("b'")) rest.remove_prefix(1);
        const bool in_quotes = rest.starts_with('\'') || rest.starts_with('"');
        const std::size_t first = in_quotes ? 1 : 0;
        const std::size_t end = rest.find_first_of(in_quotes ? rest.substr(0, 1) : std::string_view(" ,)]"), first);
        return rest.substr(first, end == rest.npos ? end : end - first);
    }
    return {};
}

}  // namespace

std::optional<NumberedFrame> debugger_frame(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return std::nullopt;
    line.remove_prefix(1);
    const auto place = number<unsigned>(take_word(line));
    if (!place || line.empty() || line.front() == '[') return std::nullopt;
    NumberedFrame found{*place, {}};
    std::string_view rest = line;
    std::string_view word = take_word(rest);
    if (const auto address = hex(word)) {
        found.frame.address = address;
        if (rest.empty()) return found;  // drgn: no symbol
        if (take_word(rest) != "in") return std::nullopt;
        word = take_word(rest);
    }
    if (word.empty() || word.front() == '<') return std::nullopt;  // "<signal handler called>", "<unavailable>"
    if (word != "??") set_symbol(found.frame, word);
    if (!rest.empty() && !set_place(found.frame, rest)) return std::nullopt;
    // A bare word is drgn's symbol only with its offset.
    if (rest.empty() && !found.frame.offset) return std::nullopt;
    found.frame.return_address = found.number != 0;
    return found;
}

void mark_inlined(std::vector<Frame>& frames) {
    const bool of_gdb = std::any_of(frames.begin(), frames.end(), [](const Frame& frame) {
        return frame.address.has_value() && !frame.function.empty();
    });
    if (!of_gdb) return;
    for (std::size_t i = 1; i < frames.size(); ++i) {
        if (frames[i].address) continue;
        frames[i].address = frames[i - 1].address;
        frames[i].return_address = frames[i - 1].return_address;
        frames[i - 1].inlined = true;
    }
}

std::optional<KernelTask> debugger_thread(std::string_view line) {
    if (line.empty() || line.front() == ' ') return std::nullopt;  // a variable of `bt full`
    KernelTask found;
    const bool heading = line.starts_with("Thread ") && line.ends_with("):");
    const bool switching = line.starts_with("[Switching to thread ");
    if (heading || switching) {
        const std::size_t open = line.find('(');
        if (open == line.npos) return std::nullopt;
        const std::string_view target = line.substr(open + 1);
        found.task.pid = number_behind(target, "LWP ");
        if (!found.task.pid && target.starts_with("Thread ")) found.task.pid = number_behind(target, "Thread ");
        found.cpu = number_behind(target, "CPU#");
        found.active = found.cpu.has_value();
        found.task.comm = crash::quoted(target);
        return found;
    }
    found.task.pid = number<int>(word_behind(line, "pid"));
    if (!found.task.pid) return std::nullopt;
    found.task.comm = word_behind(line, "comm");
    return found;
}

std::optional<KernelTask> task_of_heading(std::string_view line) {
    constexpr std::size_t longest_name = 63;  // a worker's, with what it works on
    KernelTask found;
    found.task.pid = number<int>(take_word(line));
    if (!found.task.pid || line.empty() || line.size() > longest_name) return std::nullopt;
    found.task.comm = line;
    return found;
}

std::optional<std::string_view> debugger_command(std::string_view line) {
    for (const std::string_view prompt : {">>> ", "(gdb) "})
        if (line.starts_with(prompt)) return trimmed(line.substr(prompt.size()));
    return std::nullopt;
}

std::optional<KernelTask> task_of_command(std::string_view command) {
    KernelTask found;
    found.task.pid = number_behind(command, "stack_trace(");
    for (const char* call : {"thread(", "find_task(prog, ", "find_task("})
        if (!found.task.pid) found.task.pid = number_behind(command, call);
    found.active = command.find("crashed_thread") != command.npos;
    if (!found.task.pid && !found.active) return std::nullopt;
    return found;
}

}  // namespace stallsight
