// The rows in which `crash` lists tasks, run queues and modules. Formats: crash 8.0.2, task.c (show_ps_data(),
// print_task_header(), dump_CFS_runqueues()) and kernel.c (display_modules(), show_module_taint()).
#pragma once

#include <optional>
#include <string_view>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// The command behind a prompt: "crash> bt -a" -> "bt -a"; also "crash64>", "crash_arm64>".
std::optional<std::string_view> crash_command(std::string_view line);

// `PID: 312      TASK: ffffa1cc0090c080  CPU: 1    COMMAND: "hwa_spin"` of bt, task, runq and ps; before it may
// stand
// "> ", times and priorities, and the state: "[0 00:00:08.297] [RU]  ", "  CURRENT: ", "     [120] ".
std::optional<KernelTask> crash_task_header(std::string_view line);

// "PID PPID CPU TASK ST ..." above the rows of ps, "... KSTACKP ..." of ps -s: true, and what the fourth column is.
struct PsColumns {
    bool task_address = true;  // else the kernel stack's pointer, or "--"
};
std::optional<PsColumns> ps_heading(std::string_view line);
// ">     312       2   1  ffffa1cc0090c080  RU   0.0        0        0  [hwa_spin]"
std::optional<KernelTask> ps_row(std::string_view line, PsColumns columns);

// "CPU 1 RUNQUEUE: ffffa1cc076a3e80"
std::optional<int> run_queue_heading(std::string_view line);

// "MODULE NAME BASE SIZE OBJECT FILE" of mod, "NAME TAINTS" of mod -t.
struct ModuleColumns {
    bool base = false;
    bool taints = false;
};
std::optional<ModuleColumns> module_heading(std::string_view line);
// "ffffffffc0296080  hwa_diag               ffffffffc0294000  16384  (not loaded)  [CONFIG_KALLSYMS]"
std::optional<KernelModule> module_row(std::string_view line, ModuleColumns columns);

}  // namespace stallsight
