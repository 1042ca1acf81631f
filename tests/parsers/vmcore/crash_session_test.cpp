// tests/data/crash/session-variants.txt: crash 8.0.2 on the captures' filtered dump, many commands in one session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "parsers/bundle/bundle.h"
#include "parsers/reports/scan.h"
#include "parsers/vmcore/crash_text.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string data_dir = STALLSIGHT_SOURCE_DIR "/tests/data/crash/";

class CrashSession : public testing::Test {
protected:
    void SetUp() override {
        auto bytes = Bytes::map_file(data_dir + "session-variants.txt");
        ASSERT_TRUE(bytes);
        bytes_ = std::move(*bytes);
        state_ = parse_crash_text(text());
    }

    [[nodiscard]] std::string_view text() const { return bytes_.view(); }

    [[nodiscard]] std::size_t index_of(int pid) const {
        const auto found = std::find_if(state_.tasks.begin(), state_.tasks.end(),
                                        [&](const KernelTask& task) { return task.task.pid == pid; });
        EXPECT_NE(found, state_.tasks.end()) << pid;
        return static_cast<std::size_t>(found - state_.tasks.begin());
    }

    [[nodiscard]] const KernelTask& task(int pid) const { return state_.tasks.at(index_of(pid)); }

    Bytes bytes_;
    KernelState state_;
};

TEST_F(CrashSession, ListsATaskOnceThoughManyCommandsNameIt) {
    // ps lists ten, runq ksoftirqd/1 beside them.
    ASSERT_THAT(state_.tasks, SizeIs(11));
    EXPECT_EQ(task(313).state, "UN");
    EXPECT_EQ(task(313).task_address, 0xffffa1cc00909580u);
    EXPECT_EQ(task(17).task.comm, "ksoftirqd/1");
    EXPECT_EQ(task(17).state, "");
    EXPECT_EQ(task(17).cpu, 1);
    EXPECT_EQ(std::count_if(state_.tasks.begin(), state_.tasks.end(), [](const auto& t) { return t.active; }), 4);
}

TEST_F(CrashSession, ReadsRunQueues) {
    ASSERT_THAT(state_.run_queues, SizeIs(4));
    for (int cpu = 0; cpu < 4; ++cpu) EXPECT_EQ(state_.run_queues[static_cast<std::size_t>(cpu)].cpu, cpu);
    EXPECT_EQ(state_.run_queues[1].current, index_of(312));
    EXPECT_THAT(state_.run_queues[1].queued, ElementsAre(index_of(17)));
    EXPECT_THAT(state_.run_queues[2].queued, IsEmpty());
    EXPECT_EQ(state_.tasks.at(*state_.run_queues[3].current).task.comm, "swapper/3");
}

TEST_F(CrashSession, ReadsModules) {
    ASSERT_THAT(state_.modules, SizeIs(8));
    const KernelModule& diag = state_.modules[6];
    EXPECT_EQ(diag.name, "hwa_diag");
    EXPECT_EQ(diag.base, 0xffffffffc0294000u);
    EXPECT_EQ(diag.size, 16384u);
    EXPECT_EQ(diag.taints, "O");
    EXPECT_EQ(state_.modules[0].taints, "");
}

TEST_F(CrashSession, PutsTogetherWhatSeveralBackTracesSay) {
    const KernelTask& waiter = task(311);
    ASSERT_THAT(waiter.frames, SizeIs(8));
    const Frame& commit = waiter.frames[4];
    EXPECT_EQ(commit.function, "hwa_commit_config");
    EXPECT_EQ(commit.module, "hwa_diag");
    EXPECT_EQ(commit.address, 0xffffffffc02940ccu);
    EXPECT_EQ(commit.offset, 12u);                                                    // of bt -s
    EXPECT_EQ(commit.file, "/usr/src/lab/modules-build-x86_64/hwa_diag/hwa_diag.c");  // of bt -l
    EXPECT_EQ(commit.source_line, 102);
    EXPECT_TRUE(std::all_of(waiter.frames.begin(), waiter.frames.end(), [](const Frame& f) { return f.reliable; }));
    EXPECT_THAT(task(308).frames, SizeIs(8));
    EXPECT_THAT(task(312).frames, IsEmpty());  // "bt: read of stack at fffffe000004f000 failed"
}

TEST_F(CrashSession, TakesTheLongestLogAndItsReportsAtTheirLines) {
    ASSERT_THAT(state_.log, SizeIs(1));
    EXPECT_EQ(state_.log_lines, 47u);
    const RewrittenLog log = log_of_crash_text(state_, text()).value();
    EXPECT_THAT(std::string(log.text()),
                testing::HasSubstr("\n<3>[   15.347308] rcu: INFO: rcu_preempt detected stalls"));
    const LogScan scan = scan_log(log, text());
    ASSERT_GE(scan.events.size(), 1u);
    const Event& stall = scan.events[0];
    EXPECT_EQ(stall.kind, EventKind::rcu_stall);
    EXPECT_THAT(scan.index.line_text(text(), stall.line), testing::HasSubstr("rcu_preempt detected stalls"));
    EXPECT_THAT(text().substr(stall.offset, 100), testing::HasSubstr("rcu_preempt detected stalls"));
}

std::vector<std::string> functions_of(const KernelTask& task) {
    std::vector<std::string> functions;
    for (const Frame& frame : task.frames) functions.push_back(frame.function + "/" + frame.module);
    return functions;
}

std::vector<std::string> functions_of(const KernelState& state, int pid) {
    for (const KernelTask& task : state.tasks)
        if (task.task.pid == pid) return functions_of(task);
    return {};
}

// Saved by script(1) from a terminal of 80 columns: crash 8.0.2 and its pager less(1), with one page turned.
TEST(CrashTypescript, IsReadAsItWasSeen) {
    const auto bytes = Bytes::map_file(data_dir + "typescript-less.txt");
    ASSERT_TRUE(bytes);
    const KernelState state = parse_crash_text(bytes->view());
    EXPECT_EQ(state.release, "6.1.192-caplab");
    EXPECT_THAT(state.modules, SizeIs(8));
    ASSERT_THAT(state.run_queues, SizeIs(4));
    EXPECT_THAT(state.run_queues[1].queued, SizeIs(1));
    EXPECT_THAT(state.run_queues[3].queued, IsEmpty());
    const auto named = [&](const std::string& name) {
        return std::any_of(state.tasks.begin(), state.tasks.end(),
                           [&](const KernelTask& task) { return task.task.comm == name && task.state != ""; });
    };
    EXPECT_TRUE(named("clock_hwa_app") &&
                named("hwa_cfg_waiter"));  // less wraps these with a blank and a backspace
    EXPECT_THAT(
        functions_of(state, 311),
        ElementsAre("__schedule/", "schedule/", "schedule_preempt_disabled/", "__mutex_lock.constprop.0/",
                    "hwa_commit_config/hwa_diag", "hwa_cfg_waiter_thread/hwa_diag", "kthread/", "ret_from_fork/"));
    EXPECT_THAT(functions_of(state, 308), SizeIs(8));
}

// crash 9.0.2 and more(1), which puts a line end behind the last column; `gdb bt` shows the task that `set` chose.
TEST(CrashTypescript, LinesThatThePagerCutAreWhole) {
    const auto bytes = Bytes::map_file(data_dir + "typescript-more.txt");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(identify("typescript", bytes->view()), ArtifactKind::crash_text);
    const KernelState state = parse_crash_text(bytes->view());
    EXPECT_THAT(state.modules, SizeIs(8));
    ASSERT_THAT(state.tasks, SizeIs(54));
    for (const KernelTask& task : state.tasks) EXPECT_NE(task.task.comm, "") << *task.task.pid;
    EXPECT_EQ(std::count_if(state.tasks.begin(), state.tasks.end(),
                            [](const KernelTask& task) { return task.task.comm == "nokia_rpmsg_mbx"; }),
              1);
    EXPECT_THAT(functions_of(state, 313),
                ElementsAre("context_switch/", "__schedule/", "schedule/", "schedule_timeout/",
                            "do_wait_for_common/", "__wait_for_common/", "wait_for_common/", "__wait_rcu_gp/",
                            "synchronize_rcu/", "/", "kthread/", "ret_from_fork/"));
    EXPECT_THAT(functions_of(state, 311), SizeIs(8));
}

// What a session says does not depend on how wide the terminal was.
TEST(CrashTypescript, SaysTheSameOnATerminalOfAnyWidth) {
    const std::string session = test::slurp(data_dir + "vmcore-spin-excerpt.txt") + "crash> ps\n" +
                                test::slurp(data_dir + "session-variants.txt");
    const KernelState whole = parse_crash_text(session);
    const auto log_of = [](const KernelState& state, std::string_view text) {
        return std::string(log_of_crash_text(state, text)->text());
    };
    for (const std::size_t width : {72, 80, 100}) {
        std::string cut;
        for (std::size_t at = 0, column = 0; at < session.size(); ++at) {
            column = session[at] == '\n' ? 0 : column + 1;
            if (column > width) {
                cut += '\n';
                column = 1;
            }
            cut += session[at];
        }
        const KernelState state = parse_crash_text(cut);
        EXPECT_EQ(log_of(state, cut), log_of(whole, session)) << width;
        ASSERT_EQ(state.tasks.size(), whole.tasks.size()) << width;
        for (std::size_t i = 0; i < state.tasks.size(); ++i) {
            EXPECT_EQ(state.tasks[i].task.comm, whole.tasks[i].task.comm) << width;
            EXPECT_EQ(state.tasks[i].state, whole.tasks[i].state) << width;
            EXPECT_EQ(functions_of(state.tasks[i]), functions_of(whole.tasks[i])) << width;
        }
    }
}

// A terminal or a mail may cut a long line in two.
TEST(CrashText, EntriesThatAreCutInTwoAreOne) {
    const std::string stack =
        "PID: 308  TASK: ffffa1cc0096ab00  CPU: 0  COMMAND: \"clock\"\n"
        " #0 [ffffb6abc0147b90] __schedule at ffffffffbd15adfb\n"
        " #1 [ffffb6abc0147c10] rpmsg_send_offchannel_raw at ffffffffc028f0aa [virtio_rpmsg_bus]\n"
        " #2 [ffffb6abc0147d10] vfs_writev at ffffffffbd0f0a61\n\n"
        "PID: 2  TASK: ffffa1cc00191580  CPU: 0  COMMAND: \"kthreadd\"\n"
        " #0 [ffffb6abc001bec0] __schedule at ffffffffbd15adfb\n";
    for (std::size_t width = 27; width < 87; ++width) {
        std::string cut;
        for (std::size_t at = 0, column = 0; at < stack.size(); ++at) {
            column = stack[at] == '\n' ? 0 : column + 1;
            if (column > width && stack.rfind("\n #", at) > stack.rfind("\nPID", at)) {
                while (cut.back() == ' ') cut.pop_back();
                cut += '\n';
                column = 1;
            }
            cut += stack[at];
        }
        EXPECT_EQ(functions_of(parse_crash_text(cut), 308), functions_of(parse_crash_text(stack), 308)) << cut;
        EXPECT_EQ(functions_of(parse_crash_text(cut), 2), functions_of(parse_crash_text(stack), 2)) << cut;
    }
}

// Without prompts, back traces follow right behind the last run queue.
TEST(CrashText, WhoIsQueuedIsIndented) {
    const KernelState state = parse_crash_text(
        "CPU 3 RUNQUEUE: ffffa1cc077a3e80\n"
        "  CURRENT: PID: 0      TASK: ffffa1cc001f8000  COMMAND: \"swapper/3\"\n"
        "     [120] PID: 17     TASK: ffffa1cc001fd600  COMMAND: \"ksoftirqd/1\"\n"
        "PID: 1        TASK: ffffa1cc00190000  CPU: 0    COMMAND: \"init\"\n"
        " #0 [ffffb6abc0013de8] __schedule at ffffffffbd15adfb\n");
    ASSERT_THAT(state.run_queues, SizeIs(1));
    EXPECT_THAT(state.run_queues[0].queued, SizeIs(1));
}

TEST(CrashText, ReadsALogThatWasPutBesideStacksWithoutAPrompt) {
    const std::string text =
        "PID: 312      TASK: ffffa1cc0090c080  CPU: 1    COMMAND: \"hwa_spin\"\n"
        " #0 [ffffb6abc01b3ee8] ktime_get_mono_fast_ns at ffffffffbcea8d1a\n"
        "[   15.347308] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
        "[   15.347919] rcu: \t1-....: (834 ticks this GP) idle=22ac/1/0x4000000000000000 softirq=242/242 fqs=414\n"
        "PID: 311      TASK: ffffa1cc00908000  CPU: 2    COMMAND: \"hwa_cfg_waiter\"\n"
        "[   16.100000] last words\n";
    const KernelState state = parse_crash_text(text);
    ASSERT_THAT(state.tasks, SizeIs(2));
    EXPECT_THAT(state.tasks[0].frames, SizeIs(1));
    EXPECT_EQ(state.tasks[0].line_last, 2u);
    ASSERT_THAT(state.log, SizeIs(2));
    EXPECT_EQ(state.log[0].line, 3u);
    EXPECT_EQ(state.log_lines, 3u);
    const RewrittenLog log = log_of_crash_text(state, text).value();
    ASSERT_EQ(log.lines(), 3U);
    const auto last = Origins(log).of(3);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->line, 6U);
    EXPECT_EQ(text.substr(last->offset), "[   16.100000] last words\n");
}

TEST(CrashText, ReadsAnOldListOfModulesWithoutBases) {
    const KernelState state = parse_crash_text(
        "crash> mod\n"
        " MODULE   NAME              SIZE  OBJECT FILE\n"
        "c8019000  soundcore         2788  (not loaded)\n");
    ASSERT_THAT(state.modules, SizeIs(1));
    EXPECT_EQ(state.modules[0].name, "soundcore");
    EXPECT_EQ(state.modules[0].size, 2788u);
    EXPECT_EQ(state.modules[0].base, 0u);
}

}  // namespace
}  // namespace stallsight
