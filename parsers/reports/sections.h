// The lines that open a part of a report.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/reports/event.h"

namespace stallsight {

std::optional<Section> open_section(std::string_view message);

// "clock_hwa_app   R  running task        0  5271    336 0x00100004" and "task:hwa_cfg_waiter  state:D stack:0
// pid:319   ppid:2" (kernel/sched/core.c, sched_show_task()).
struct TaskLine {
    Task task;
    char state = '?';
};
std::optional<TaskLine> parse_task_line(std::string_view message);

}  // namespace stallsight
