#include "parsers/vmcore/crash_text.h"

#include <algorithm>
#include <unordered_map>

#include "parsers/vmcore/crash_frame.h"
#include "parsers/vmcore/crash_words.h"

namespace stallsight {
namespace {

using crash::number;
using crash::take_word;
using crash::trimmed;
using crash::value_of;

// "crash> bt -a" -> "bt -a"; also "crash64>", "crash_arm64>".
std::optional<std::string_view> command_of(std::string_view line) {
    if (!line.starts_with("crash")) return std::nullopt;
    const std::size_t end = line.find('>');
    if (end == std::string_view::npos || line.substr(0, end).find(' ') != std::string_view::npos)
        return std::nullopt;
    return trimmed(line.substr(end + 1));
}

std::string_view quoted(std::string_view text) {
    const std::size_t open = text.find('"'), close = text.rfind('"');
    return open == close ? std::string_view() : text.substr(open + 1, close - open - 1);
}

// `PID: 312      TASK: ffffa1cc0090c080  CPU: 1    COMMAND: "hwa_spin"` (bt, task, ps -l with "[ns] [RU] " before
// it)
std::optional<KernelTask> task_header(std::string_view line) {
    KernelTask found;
    if (line.starts_with('>')) {
        found.active = true;
        line = trimmed(line.substr(1));
    }
    line = trimmed(line);
    while (line.starts_with('[') && line.find(']') != std::string_view::npos) {
        found.state = trimmed(line.substr(1, line.find(']') - 1));  // the last one is the state
        line = trimmed(line.substr(line.find(']') + 1));
    }
    const std::size_t command = line.find("COMMAND: ");
    if (!line.starts_with("PID: ") || command == std::string_view::npos) return std::nullopt;
    const auto task = crash::address(value_of(line, "TASK:"));
    found.task.pid = number<int>(value_of(line, "PID:"));
    if (!task || !found.task.pid) return std::nullopt;
    found.task_address = *task;
    found.cpu = number<int>(value_of(line.substr(0, command), "CPU:"));
    found.task.comm = quoted(line.substr(command));
    return found;
}

// `>     312       2   1  ffffa1cc0090c080  RU   0.0        0        0  [hwa_spin]`
std::optional<KernelTask> ps_row(std::string_view line) {
    KernelTask found;
    line = trimmed(line);
    found.active = line.starts_with('>');
    if (found.active) line.remove_prefix(1);
    found.task.pid = number<int>(take_word(line));
    found.parent_pid = number<std::uint64_t>(take_word(line));
    found.cpu = number<int>(take_word(line));
    const auto task = crash::address(take_word(line));
    if (!found.task.pid || !found.parent_pid || !task) return std::nullopt;
    found.task_address = *task;
    found.state = take_word(line);
    for (int i = 0; i < 3; ++i) take_word(line);  // %MEM VSZ RSS
    if (line.size() > 2 && line.front() == '[' && line.back() == ']') line = line.substr(1, line.size() - 2);
    found.task.comm = line;
    return found;
}

bool is_ps_heading(std::string_view line) {
    line = trimmed(line);
    return take_word(line) == "PID" && take_word(line) == "PPID" && take_word(line) == "CPU";
}

class SessionReader {
public:
    KernelState read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++line_;
            read_line(trimmed_end(text.substr(0, end)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        end_log();
        return std::move(session_);
    }

private:
    static std::string_view trimmed_end(std::string_view line) {
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
        return line;
    }

    void read_line(std::string_view line) {
        if (const auto command = command_of(line)) {
            begin(*command);
        } else if (in_log_) {
            ++log_lines_;
            if (!line.empty()) log_filled_ = log_lines_;
        } else if (in_ps_) {
            read_ps(line);
        } else if (is_ps_heading(line)) {
            in_ps_ = true;
            current_ = none;
        } else if (auto header = task_header(line)) {
            header->active |= all_active_;
            header->line = header->line_last = line_;
            open_trace(std::move(*header));
        } else if (current_ != none) {
            read_trace(line);
        } else {
            read_system(line);
        }
    }

    void begin(std::string_view command) {
        end_log();
        current_ = none;
        in_ps_ = false;
        const std::string_view name = take_word(command);
        in_log_ = name == "log" || name == "dmesg";
        if (in_log_ && session_.log_line == 0) session_.log_line = line_ + 1;
        all_active_ = name == "bt" && take_word(command) == "-a";
    }

    void end_log() {
        if (in_log_ && session_.log_lines == 0) session_.log_lines = log_filled_;
        in_log_ = false;
        log_lines_ = log_filled_ = 0;
    }

    void read_ps(std::string_view line) {
        if (auto row = ps_row(line)) {
            row->line = row->line_last = line_;
            merge(std::move(*row));
        } else if (trimmed(line).empty()) {
            in_ps_ = false;
        }
    }

    // A task may be listed by ps, by bt -a and by foreach bt: one entry, with the first stack that was printed.
    std::size_t merge(KernelTask task) {
        const auto [known, is_new] = by_address_.try_emplace(task.task_address, session_.tasks.size());
        if (is_new) {
            session_.tasks.push_back(std::move(task));
            return known->second;
        }
        KernelTask& old = session_.tasks[known->second];
        old.active |= task.active;
        if (old.state.empty()) old.state = task.state;
        if (!old.cpu) old.cpu = task.cpu;
        if (!old.parent_pid) old.parent_pid = task.parent_pid;
        return known->second;
    }

    void open_trace(KernelTask header) {
        const std::uint64_t first = header.line;
        current_ = merge(std::move(header));
        KernelTask& task = session_.tasks[current_];
        ignore_frames_ = !task.frames.empty();
        if (!ignore_frames_) task.line = task.line_last = first;
        pc_wanted_ = false;
    }

    void read_trace(std::string_view line) {
        if (line.empty()) {
            current_ = none;
            return;
        }
        if (ignore_frames_) return;
        KernelTask& task = session_.tasks[current_];
        task.line_last = line_;
        auto frame = crash_stack_entry(line);
        const bool stack_entry = frame.has_value();
        if (!frame) frame = crash_exception_place(line);
        if (frame) {
            frame->line = line_;
            pc_wanted_ = !stack_entry && !frame->address;
            task.frames.push_back(std::move(*frame));
        } else if (!task.frames.empty()) {
            read_more_of(task.frames.back(), line);
        }
    }

    // Behind an entry: its registers, `bt -l`'s "    /src/kernel/sched/core.c: 6500", crash's own doubts.
    void read_more_of(Frame& frame, std::string_view line) {
        if (const auto pc = crash_register_pc(line); pc && pc_wanted_) {
            frame.address = pc;
            pc_wanted_ = false;
        } else if (line.find("possibly bogus exception frame") != std::string_view::npos) {
            frame.reliable = false;
        } else if (const std::size_t colon = line.rfind(": ");
                   trimmed(line).starts_with('/') && colon != line.npos) {
            const auto source_line = number<int>(trimmed(line.substr(colon + 2)));
            if (!source_line) return;
            frame.file = trimmed(line.substr(0, colon));
            frame.source_line = *source_line;
        }
    }

    // `sys`, and the banner that crash prints at its start
    void read_system(std::string_view line) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) return;
        const std::string_view label = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 2));
        if (label == "RELEASE" && session_.release.empty()) session_.release = value;
        if (label == "PANIC" && session_.panic.empty())
            session_.panic = value.starts_with('"') ? quoted(value) : value;
        std::string_view rest = value;
        if (label == "CPUS" && !session_.cpus) session_.cpus = number<int>(take_word(rest));
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    KernelState session_;
    std::unordered_map<std::uint64_t, std::size_t> by_address_;  // task address -> index of session_.tasks
    std::uint64_t line_ = 0, log_lines_ = 0, log_filled_ = 0;
    std::size_t current_ = none;  // the task whose back trace is being read
    bool in_log_ = false, in_ps_ = false, all_active_ = false, ignore_frames_ = false;
    bool pc_wanted_ = false;  // the exception place before has no address yet
};

}  // namespace

KernelState parse_crash_text(std::string_view text) {
    return SessionReader().read(text);
}

}  // namespace stallsight
