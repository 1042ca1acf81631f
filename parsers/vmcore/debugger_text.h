// Back traces that drgn and gdb print. Formats: drgn 0.0.22, libdrgn/stack_trace.c (drgn_format_stack_trace()); gdb
// 13, gdb/stack.c (print_frame()), gdb/thread.c (thread_apply_all_command()).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

struct NumberedFrame {
    unsigned number = 0;
    Frame frame;
};

// drgn: "#0  context_switch (kernel/sched/core.c:5038:2)", "#9  ret_from_fork+0x1f/0x2a (entry_64.S:295)",
// "#12 0x45ebc3"; gdb: "#1  0xffffffff8135b347 in schedule () at kernel/sched/core.c:6580".
std::optional<NumberedFrame> debugger_frame(std::string_view line);

// gdb prints the address of the innermost of several frames inlined into each other only: gives it to the others,
// and marks the inlined ones.
void mark_inlined(std::vector<Frame>& frames);

// Whose stack follows: gdb's "Thread 2 (Thread 0x7ffff7dcc6c0 (LWP 17705) "hwa_poll"):", "[Switching to thread 313
// (Thread 311)]", QEMU's "Thread 1.2 (Thread 1.2 (CPU#1 [running])):", a script's "pid 311 comm hwa_cfg_waiter".
std::optional<KernelTask> debugger_thread(std::string_view line);

// What a loop over tasks often prints right before each stack: "310 hwa_cfg_holder".
std::optional<KernelTask> task_of_heading(std::string_view line);

// The command behind ">>> " or "(gdb) ".
std::optional<std::string_view> debugger_command(std::string_view line);

// Whose stack a command of drgn asks for: "prog.stack_trace(311)", "stack_trace(find_task(prog, 311))",
// "stack_trace(prog.crashed_thread())".
std::optional<KernelTask> task_of_command(std::string_view command);

}  // namespace stallsight
