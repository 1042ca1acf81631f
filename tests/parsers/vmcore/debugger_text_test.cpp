// tests/data/crash/drgn.txt: drgn 0.0.22 on the captures' dump; gdb.txt: gdb 13 on a small threaded program.
#include "parsers/vmcore/debugger_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "parsers/vmcore/crash_text.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

KernelState state_in(const std::string& name) {
    const auto bytes = Bytes::map_file(STALLSIGHT_SOURCE_DIR "/tests/data/crash/" + name);
    EXPECT_TRUE(bytes) << name;
    return bytes ? parse_crash_text(bytes->view()) : KernelState{};
}

TEST(DebuggerText, ReadsStacksOfDrgn) {
    const KernelState state = state_in("drgn.txt");
    ASSERT_THAT(state.tasks, SizeIs(5));
    const KernelTask& waiter = state.tasks[0];
    EXPECT_EQ(waiter.task.pid, 311);
    ASSERT_THAT(waiter.frames, SizeIs(10));
    EXPECT_EQ(waiter.frames[0].function, "context_switch");
    EXPECT_EQ(waiter.frames[6].function, "hwa_commit_config");
    EXPECT_EQ(waiter.frames[6].file, "/usr/src/lab/modules-build-x86_64/hwa_diag/hwa_diag.c");
    EXPECT_EQ(waiter.frames[6].source_line, 101);
    EXPECT_EQ(waiter.frames[9].function, "ret_from_fork");
    EXPECT_EQ(waiter.frames[9].offset, 0x1fu);
    EXPECT_EQ(waiter.frames[9].size, 0x2au);
    const KernelTask& sender = state.tasks[1];
    EXPECT_EQ(sender.task.pid, 308);
    ASSERT_THAT(sender.frames, SizeIs(13));
    EXPECT_EQ(sender.frames[12].function, "");
    EXPECT_EQ(sender.frames[12].address, 0x45ebc3u);
    EXPECT_EQ(state.tasks[2].task.pid, 312);  // asked for in one command, printed by the next
    EXPECT_THAT(state.tasks[2].frames, SizeIs(1));
    EXPECT_EQ(state.tasks[4].task.pid, 313);  // a script's own heading
    EXPECT_EQ(state.tasks[4].task.comm, "hwa_gp");
    EXPECT_THAT(state.tasks[4].frames, SizeIs(11));
}

TEST(DebuggerText, ReadsStacksOfGdb) {
    const KernelState state = state_in("gdb.txt");
    ASSERT_THAT(state.tasks, SizeIs(3));  // the first stack does not say whose it is
    EXPECT_EQ(state.tasks[0].task.pid, std::nullopt);
    ASSERT_THAT(state.tasks[0].frames, SizeIs(7));
    const KernelTask& poll = state.tasks[1];
    EXPECT_EQ(poll.task.pid, 17705);
    EXPECT_EQ(poll.task.comm, "hwa_poll");
    ASSERT_THAT(poll.frames, SizeIs(8));
    EXPECT_EQ(poll.frames[3].function, "wait_for");
    EXPECT_EQ(poll.frames[3].address, 0x5555555551f8u);
    EXPECT_EQ(poll.frames[3].file, "t.c");
    EXPECT_EQ(poll.frames[3].source_line, 5);
    // inl() is inlined into thr(): gdb prints the address of the innermost one only.
    EXPECT_TRUE(poll.frames[4].inlined);
    EXPECT_FALSE(poll.frames[5].inlined);
    EXPECT_EQ(poll.frames[5].address, poll.frames[4].address);
    EXPECT_EQ(state.tasks[2].task.pid, 17702);
    EXPECT_FALSE(state.tasks[2].frames[0].inlined);
}

TEST(DebuggerText, ReadsTheShapesOfAFrame) {
    const auto function_of = [](std::string_view line) {
        const auto found = debugger_frame(line);
        return found ? found->frame.function : std::string("-");
    };
    EXPECT_EQ(function_of("#1  0xffffffff8135b347 in schedule () at kernel/sched/core.c:6580"), "schedule");
    EXPECT_EQ(function_of("#0  context_switch (kernel/sched/core.c:5038:2)"), "context_switch");
    EXPECT_EQ(function_of("#2  0x00007f12 in ?? ()"), "");
    EXPECT_EQ(function_of("#3  0x00007f12 in raise () from /lib/libc.so.6"), "raise");
    EXPECT_EQ(function_of("#4  0xffff1234 in f (a=\"x) at y:1\", b=2) at z.c:77"), "f");
    EXPECT_EQ(debugger_frame("#4  0xffff1234 in f (a=\"x) at y:1\", b=2) at z.c:77")->frame.source_line, 77);
    EXPECT_EQ(function_of("#5  0xffff1234 in f (a=1,"), "f");  // goes on in the next line
    EXPECT_EQ(function_of("#6  <signal handler called>"), "-");
    EXPECT_EQ(function_of("#0  <unavailable> in ?? ()"), "-");
    EXPECT_EQ(function_of("#0: ffff888004a3f0e8 (&mm->mmap_lock){++++}-{3:3}, at: do_user_addr_fault"), "-");
    EXPECT_EQ(function_of("#define schedule (1)"), "-");
    EXPECT_EQ(function_of(" #1 [ffffb6abc01abe78] schedule at ffffffffbd15b347"), "-");
    EXPECT_EQ(function_of("#"), "-");
}

TEST(DebuggerText, KnowsWhoseStackFollows) {
    const auto kgdb = debugger_thread("[Switching to thread 313 (Thread 311)]");
    ASSERT_TRUE(kgdb);
    EXPECT_EQ(kgdb->task.pid, 311);
    const auto qemu = debugger_thread("Thread 1.2 (Thread 1.2 (CPU#1 [running])):");
    ASSERT_TRUE(qemu);
    EXPECT_EQ(qemu->task.pid, std::nullopt);
    EXPECT_EQ(qemu->cpu, 1);
    EXPECT_TRUE(qemu->active);
    const auto script = debugger_thread("PID: 311 COMM: b'hwa_cfg_waiter'");
    ASSERT_TRUE(script);
    EXPECT_EQ(script->task.comm, "hwa_cfg_waiter");
    EXPECT_FALSE(debugger_thread("        pid = 312"));
    EXPECT_FALSE(debugger_thread("rapid 312"));
    EXPECT_TRUE(task_of_command("prog.stack_trace(prog.crashed_thread())")->active);
    EXPECT_EQ(task_of_command("trace = prog.stack_trace(311)")->task.pid, 311);
    EXPECT_EQ(task_of_command("prog.stack_trace(find_task(prog, 302))")->task.pid, 302);
    EXPECT_FALSE(task_of_command("print(trace)"));
}

// As drgn 0.0.22 printed it on the captures' dump.
TEST(DebuggerText, ReadsStacksThatALoopPrinted) {
    const KernelState state = parse_crash_text(
        ">>> trace = prog.stack_trace(311)\n"
        ">>> for t in for_each_task(prog):\n"
        "...     print(t.pid.value_(), t.comm.string_().decode())\n"
        "...     print(prog.stack_trace(t))\n"
        "... \n"
        "310 hwa_cfg_holder\n"
        "#0  context_switch (/usr/src/lab/linux-6.1.192/kernel/sched/core.c:5257:2)\n"
        "#1  __schedule (/usr/src/lab/linux-6.1.192/kernel/sched/core.c:6584:8)\n"
        "313 hwa_gp\n"
        "#0  context_switch (/usr/src/lab/linux-6.1.192/kernel/sched/core.c:5257:2)\n"
        ">>> prog.stack_trace(t)\n"
        "#0  0xffffa1cc076a47f8\n");
    ASSERT_EQ(state.tasks.size(), 3u);
    EXPECT_EQ(state.tasks[0].task.comm, "hwa_cfg_holder");
    EXPECT_EQ(state.tasks[0].frames.size(), 2u);
    EXPECT_EQ(state.tasks[1].task.pid, 313);
    EXPECT_EQ(state.tasks[1].frames.size(), 1u);
    EXPECT_EQ(state.tasks[2].task.pid, std::nullopt);
}

}  // namespace
}  // namespace stallsight
