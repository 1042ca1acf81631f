#include "parsers/vmcore/crash_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "parsers/vmcore/crash_frame.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string source_dir = STALLSIGHT_SOURCE_DIR;

KernelState session_in(const std::string& path) {
    const auto bytes = Bytes::map_file(path);
    EXPECT_TRUE(bytes) << path;
    return bytes ? parse_crash_text(bytes->view()) : KernelState{};
}

const KernelTask* task_of(const KernelState& session, std::optional<int> pid, std::string_view comm) {
    const auto found = std::find_if(session.tasks.begin(), session.tasks.end(), [&](const KernelTask& task) {
        return task.task.pid == pid && task.task.comm == comm;
    });
    return found == session.tasks.end() ? nullptr : &*found;
}

std::vector<std::string> functions_of(const KernelTask& task) {
    std::vector<std::string> names;
    for (const Frame& frame : task.frames) names.push_back(frame.function);
    return names;
}

void expect_spinning_task(const KernelState& session) {
    const KernelTask* spin = task_of(session, 312, "hwa_spin");
    ASSERT_NE(spin, nullptr);
    EXPECT_TRUE(spin->active);
    EXPECT_EQ(spin->cpu, 1);
    EXPECT_EQ(spin->state, "RU");
    EXPECT_EQ(spin->parent_pid, 2u);
    EXPECT_EQ(spin->task_address, 0xffffa1cc0090c080u);
    EXPECT_THAT(functions_of(*spin), ElementsAre("read_hpet", "ktime_get_mono_fast_ns", "hwa_poll_hw_ready",
                                                 "hwa_spin_thread", "kthread", "ret_from_fork"));
    const Frame& place = spin->frames[0];
    EXPECT_FALSE(place.return_address);
    EXPECT_EQ(place.offset, 109u);
    EXPECT_EQ(place.address, 0xffffffffbce35addu);
    const Frame& caller = spin->frames[2];
    EXPECT_TRUE(caller.return_address);
    EXPECT_EQ(caller.module, "hwa_diag");
    EXPECT_EQ(caller.address, 0xffffffffc029414du);
    EXPECT_EQ(caller.stack, 0xffffb6abc01b3ef8u);
    EXPECT_EQ(caller.offset, std::nullopt);
    EXPECT_EQ(spin->frames.back().line, spin->line_last);
}

TEST(CrashText, ReadsAnExcerptOfASession) {
    const KernelState session = session_in(source_dir + "/tests/data/crash/vmcore-spin-excerpt.txt");
    EXPECT_EQ(session.release, "6.1.192-caplab");
    EXPECT_EQ(session.panic, "");
    EXPECT_EQ(session.cpus, 4);
    ASSERT_EQ(session.log.size(), 1u);
    EXPECT_EQ(session.log[0].line, 19u);
    EXPECT_EQ(session.log_lines, 4u);
    EXPECT_EQ(session.tasks.size(), 10u);
    expect_spinning_task(session);
    const KernelTask* init = task_of(session, 1, "init");
    ASSERT_NE(init, nullptr);
    EXPECT_FALSE(init->active);
    // The registers of user space behind the stack are no frame.
    EXPECT_EQ(init->frames.size(), 8u);
    EXPECT_EQ(init->frames.back().function, "entry_SYSCALL_64_after_hwframe");
}

TEST(CrashText, ReadsTheSessionOfTheCaptures) {
    const std::string path = source_dir + "/../shared/captures/x86_64/vmcore-spin/crash-oracle.txt";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no captures beside the source tree";
    const KernelState session = session_in(path);
    ASSERT_EQ(session.log.size(), 1u);
    EXPECT_EQ(session.log[0].line, 19u);
    EXPECT_EQ(session.log_lines, 3705u);
    EXPECT_EQ(session.tasks.size(), 54u);
    EXPECT_EQ(
        std::count_if(session.tasks.begin(), session.tasks.end(), [](const auto& task) { return task.active; }), 4);
    std::size_t frames = 0;
    for (const auto& task : session.tasks) {
        EXPECT_FALSE(task.frames.empty()) << task.task.comm;
        EXPECT_FALSE(task.state.empty()) << task.task.comm;
        EXPECT_EQ(task.line_last > task.line, true);
        frames += task.frames.size();
    }
    EXPECT_EQ(frames, 4u + 290u);  // exception places and numbered entries of foreach bt, by grep
    expect_spinning_task(session);
    const KernelTask* waiter = task_of(session, 311, "hwa_cfg_waiter");
    ASSERT_NE(waiter, nullptr);
    EXPECT_EQ(waiter->state, "UN");
    EXPECT_EQ(waiter->frames[4].function, "hwa_commit_config");
    EXPECT_EQ(waiter->frames[3].function, "__mutex_lock.constprop.0");
}

TEST(CrashText, ReadsOneStackWithoutAPrompt) {
    const KernelState session = parse_crash_text(
        "PID: 5079   TASK: c0000000f1a3b800  CPU: 3   COMMAND: \"clock_hwa_app\"\n"
        " #0 [c0000000fbd9b9f0] .schedule+61 at c0000000000ab6d8\r\n"
        "    /usr/src/linux/kernel/sched/core.c: 6500\n"
        " [NIP  : .nokia_rpmsg_notify+44]\n"
        " [Link Register] [c0000000fbd9ba80] .virtqueue_notify at d000000000012345 [virtio_ring]\n"
        " #1 [c0000000fbd9bb00] .rpmsg_send at d000000000022345 [virtio_rpmsg_bus] (unreliable)\n");
    ASSERT_EQ(session.tasks.size(), 1u);
    const auto& frames = session.tasks[0].frames;
    EXPECT_THAT(functions_of(session.tasks[0]),
                ElementsAre("schedule", "nokia_rpmsg_notify", "virtqueue_notify", "rpmsg_send"));
    EXPECT_TRUE(frames[0].dotted);
    EXPECT_EQ(frames[0].offset, 61u);
    EXPECT_EQ(frames[0].file, "/usr/src/linux/kernel/sched/core.c");
    EXPECT_EQ(frames[0].source_line, 6500);
    EXPECT_FALSE(frames[1].return_address);
    EXPECT_EQ(frames[1].offset, 44u);
    EXPECT_EQ(frames[2].module, "virtio_ring");
    EXPECT_FALSE(frames[3].reliable);
    EXPECT_FALSE(session.tasks[0].active);
}

TEST(CrashText, KeepsExceptionsWhereTheyStandInTheStack) {
    const KernelState session = parse_crash_text(
        "      KERNEL: vmlinux\n"
        "        CPUS: 4 [OFFLINE: 1]\n"
        "       PANIC: \"Oops: 0002 [#1] PREEMPT SMP \" (check log for details)\n"
        "     COMMAND: \"insmod\"\n\n"
        "crash64> bt\n"
        "PID: 7  TASK: ffff888004c88000  CPU: 0  COMMAND: \"a b\"\n"
        " #0 [ffffc90000a0b8c8] machine_kexec at ffffffff8106a32e\n"
        " #1 [ffffc90000a0bb50] asm_exc_page_fault at ffffffff81c00b92\n"
        "    [exception RIP: fault_here+12]\n"
        "    RIP: ffffffffc0000abc  RSP: ffffc90000a0bc08  RFLAGS: 00010246\n"
        " #2 [ffffc90000a0bc30] caller at ffffffff81001234\n"
        "--- <NMI exception stack> ---\n"
        "    [exception RIP: unknown or invalid address]\n"
        "    RIP: ffffffffc0000def  RSP: ffffc90000a0bc08  RFLAGS: 00010246\n"
        "    [exception RIP: doubtful+3]\n"
        "    RIP: ffffffffc0000fff  RSP: ffffc90000a0bc08  RFLAGS: 00010246\n"
        "bt: WARNING: possibly bogus exception frame\n");
    EXPECT_EQ(session.panic, "Oops: 0002 [#1] PREEMPT SMP ");
    EXPECT_EQ(session.cpus, 4);
    ASSERT_EQ(session.tasks.size(), 1u);
    EXPECT_EQ(session.tasks[0].task.comm, "a b");
    const auto& frames = session.tasks[0].frames;
    EXPECT_THAT(functions_of(session.tasks[0]),
                ElementsAre("machine_kexec", "asm_exc_page_fault", "fault_here", "caller", "", "doubtful"));
    EXPECT_EQ(frames[2].address, 0xffffffffc0000abcu);
    EXPECT_TRUE(frames[3].reliable);
    EXPECT_FALSE(frames[5].reliable);
    EXPECT_FALSE(frames[4].reliable);
    EXPECT_EQ(frames[4].address, 0xffffffffc0000defu);
}

TEST(CrashText, ReadsOtherArchitecturesAndShapes) {
    const auto arm64 = crash_exception_place("     PC: ffff800010a3c2f4  [sysrq_handle_crash+24]");
    ASSERT_TRUE(arm64);
    EXPECT_EQ(arm64->address, 0xffff800010a3c2f4u);
    EXPECT_EQ(arm64->offset, 24u);
    EXPECT_FALSE(crash_exception_place("     PC: 0000ffff8c0c9d2c   LR: 0000ffff8c0c9d2c"));
    const auto searched = crash_stack_entry("      [ffffb6abc01b3ed0] schedule at ffffffffbd15b347");
    ASSERT_TRUE(searched);
    EXPECT_FALSE(searched->reliable);
    EXPECT_FALSE(crash_stack_entry(" #0 [zzz] schedule at ffffffffbd15b347"));
    EXPECT_FALSE(crash_stack_entry("    RIP: 000000000045ebc3  RSP: 00007ffcfa49d868"));
    const KernelState last = parse_crash_text(
        "crash> ps -l\n"
        "> [   13000000] [RU]  PID: 312    TASK: ffffa1cc0090c080  CPU: 1    COMMAND: \"hwa_spin\"\n"
        "  [   12000000] [UN]  PID: 311    TASK: ffffa1cc00908000  CPU: 2    COMMAND: \"hwa_cfg_waiter\"\n");
    ASSERT_EQ(last.tasks.size(), 2u);
    EXPECT_TRUE(last.tasks[0].active);
    EXPECT_EQ(last.tasks[1].state, "UN");
}

TEST(CrashText, IsEmptyForOtherText) {
    EXPECT_THAT(parse_crash_text("").tasks, IsEmpty());
    const KernelState session = parse_crash_text("[    1.0] PID: 1 Comm: init Not tainted\nCall Trace:\n");
    EXPECT_THAT(session.tasks, IsEmpty());
    EXPECT_EQ(session.release, "");
}

}  // namespace
}  // namespace stallsight
