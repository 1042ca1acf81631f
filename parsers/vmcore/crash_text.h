// Saved sessions of `crash`: bt, bt -a, foreach bt, ps, sys, log. Formats: crash 8.0.2, task.c, x86_64.c, ppc64.c.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

struct CrashTask {
    Task task;
    std::optional<int> cpu;
    std::string state;    // RU, IN, UN ... where `ps` says it
    bool active = false;  // on a CPU: '>' in ps, or listed by bt -a
    std::uint64_t task_address = 0;
    std::optional<std::uint64_t> parent_pid;
    std::vector<Frame> frames;  // innermost first; an exception RIP is a frame with return_address = false
    std::uint64_t line = 0, line_last = 0;  // first and last line in the text
};

struct CrashSession {
    std::string release, panic;  // from `sys`, or empty
    std::optional<int> cpus;
    std::uint64_t log_lines = 0;  // lines of `log`, when it is in the session
    std::uint64_t log_line = 0;   // where `log` starts (first line behind the command), 0: nowhere
    std::vector<CrashTask> tasks;
};

CrashSession parse_crash_text(std::string_view text);

}  // namespace stallsight
