// The captures' dumps against what `crash` and QEMU's monitor said of the same memory, and against FACTS.md there.
// Skipped where they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "analysis/vmcore/read_dump.h"
#include "analysis/vmcore/sentences.h"
#include "parsers/vmcore/crash_text.h"
#include "tests/support/captured_dump.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path build = captured_dumps / "../build";

using TaskKey = std::tuple<int, std::string, int, std::string, bool, std::uint64_t>;

std::set<TaskKey> keys_of(const KernelState& state) {
    std::set<TaskKey> keys;
    for (const KernelTask& task : state.tasks)
        keys.insert({*task.task.pid, task.task.comm, *task.cpu, task.state, task.active, *task.parent_pid});
    return keys;
}

using Stack = std::vector<std::pair<std::string, std::uint64_t>>;  // functions and addresses, innermost first

// Task address -> its stack.
std::map<std::uint64_t, Stack> stacks_of(const KernelState& state) {
    std::map<std::uint64_t, Stack> stacks;
    for (const KernelTask& task : state.tasks)
        for (const Frame& frame : task.frames)
            stacks[task.task_address].emplace_back(frame.function, frame.address.value_or(0));
    return stacks;
}

// A session of crash 9.0.2 on vmcore.kdump-zlib, as script(1) saved it. It shows running tasks, too.
KernelState newer_oracle() {
    return parse_crash_text(test::slurp(STALLSIGHT_SOURCE_DIR "/tests/data/crash/vmcore-spin-9.0.2.txt"));
}

std::vector<std::string> functions_of(const KernelTask& task) {
    std::vector<std::string> functions;
    for (const Frame& frame : task.frames) functions.push_back(frame.function);
    return functions;
}

const KernelTask* task_of(const KernelState& state, int pid) {
    for (const KernelTask& task : state.tasks)
        if (task.task.pid == pid) return &task;
    return nullptr;
}

// CPU -> its RIP and RSP, by QEMU's "info registers -a".
std::map<int, std::pair<std::uint64_t, std::uint64_t>> monitor_registers() {
    std::map<int, std::pair<std::uint64_t, std::uint64_t>> registers;
    std::ifstream in(captured_dumps / "monitor.txt");
    int cpu = -1;
    for (std::string line; std::getline(in, line);) {
        std::smatch found;
        if (std::regex_search(line, found, std::regex("^CPU#([0-9]+)"))) cpu = std::stoi(found[1]);
        if (std::regex_search(line, found, std::regex("RIP=([0-9a-f]+)")))
            registers[cpu].first = std::stoull(found[1], nullptr, 16);
        if (std::regex_search(line, found, std::regex("RSP=([0-9a-f]+)")))
            registers[cpu].second = std::stoull(found[1], nullptr, 16);
    }
    return registers;
}

class CapturedDump : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(captured_dumps / GetParam())) GTEST_SKIP() << "the captures are not here";
    }
};

TEST_P(CapturedDump, SaysWhatCrashAndTheFactsSay) {
    AnalysisOptions options;
    options.debug_dirs = {build.string()};
    const auto analysis = analyse_dumps((captured_dumps / GetParam()).string(), options, true);
    ASSERT_TRUE(analysis) << analysis.error().text();
    for (const Error& problem : analysis->problems) ADD_FAILURE() << problem.text();
    const KernelState& state = analysis->crashes.at(0).state;
    const KernelState oracle = parse_crash_text(test::slurp(captured_dumps / "crash-oracle.txt"));

    EXPECT_EQ(keys_of(state), keys_of(oracle));
    for (const KernelTask& task : state.tasks) EXPECT_EQ(task.stack_broken, "") << task.task.comm;
    const auto stacks = stacks_of(state);
    ASSERT_EQ(stacks.size(), 54u);
    EXPECT_EQ(stacks, stacks_of(newer_oracle()));
    // crash 8.0.2 ends hwa_gp's stack in schedule_timeout; crash 9.0.2 and FACTS.md say that it waits in
    // synchronize_rcu.
    auto older = stacks_of(oracle);
    const std::uint64_t cut_short = task_of(oracle, 313)->task_address;
    EXPECT_EQ(older.at(cut_short).back().first, "schedule_timeout");
    older[cut_short] = stacks.at(cut_short);
    EXPECT_EQ(stacks, older);

    const auto registers = monitor_registers();
    ASSERT_EQ(registers.size(), 4u);
    for (const KernelTask& task : state.tasks) {
        if (!task.active) continue;
        ASSERT_FALSE(task.frames.empty());
        EXPECT_EQ(task.frames[0].address, registers.at(*task.cpu).first);
        EXPECT_EQ(task.frames[0].stack, registers.at(*task.cpu).second);
    }
    EXPECT_EQ(task_of(state, 312)->preempt_count, 1u);
    EXPECT_THAT(functions_of(*task_of(state, 312)), Contains("hwa_poll_hw_ready"));

    ASSERT_EQ(state.waits.size(), 1u);
    EXPECT_EQ(state.waits[0].name, "hwa_cfg_mutex");
    EXPECT_EQ(state.run_queues.at(1).queued.size(), 1u);
    EXPECT_EQ(state.tasks[state.run_queues.at(1).queued.at(0)].task.comm, "ksoftirqd/1");
    ASSERT_TRUE(state.rcu);
    EXPECT_EQ(state.rcu->grace_period, -695);  // g=-695 in the log's stall report
    for (const RcuState::Cpu& cpu : state.rcu->cpus) EXPECT_EQ(cpu.awaited, cpu.cpu == 1) << cpu.cpu;

    std::vector<std::string> sentences;
    for (const MemorySentence& sentence : memory_sentences(state)) sentences.push_back(sentence.text);
    EXPECT_THAT(
        sentences,
        ElementsAre("CPU 1 runs hwa_spin (pid 312) in hwa_poll_hw_ready [hwa_diag] with preemption off; hwa_gp "
                    "(pid 313) waits in synchronize_rcu behind it.",
                    "hwa_cfg_waiter (pid 311) waits in hwa_commit_config [hwa_diag] for hwa_cfg_mutex, held by "
                    "hwa_cfg_holder (pid 310), which sleeps in hwa_cfg_holder_thread [hwa_diag]."));

    // What CPU 1 held, by the preempt_count in its memory.
    const auto& chains = analysis->crashes[0].chains;
    ASSERT_EQ(chains.size(), 1u);
    EXPECT_EQ(state.tasks[chains[0].task].task.pid, 312);
    EXPECT_EQ(chains[0].chain.sentence,
              "hwa_spin (pid 312) runs in hwa_poll_hw_ready with preemption off since hwa_spin_thread");
    EXPECT_EQ(chains[0].chain.count->raw, 1u);
    EXPECT_EQ(chains[0].chain.unexplained, 0);
    EXPECT_FALSE(chains[0].chain.contradictory);

    // The modules' debug files are found by build-id, and their lines are those of the sources.
    const auto& symbols = analysis->crashes[0].symbols;
    ASSERT_EQ(symbols.size(), state.tasks.size());
    const auto at = static_cast<std::size_t>(task_of(state, 311) - state.tasks.data());
    ASSERT_TRUE(symbols[at].at(4));
    EXPECT_THAT(symbols[at][4]->places.back().file, HasSubstr("hwa_diag.c"));
    EXPECT_EQ(symbols[at][4]->doubt, "");
}

INSTANTIATE_TEST_SUITE_P(Both, CapturedDump, testing::ValuesIn(captured_dump_names));

TEST(CapturedDumpWithout, AnotherKernelsVmlinuxIsRefused) {
    const auto dump = captured_dumps / captured_dump_names[1];
    if (!std::filesystem::exists(dump)) GTEST_SKIP() << "the captures are not here";
    const test::TemporaryFolder folder;
    std::filesystem::copy_file(STALLSIGHT_BIN_DIR "/test_kernel", folder.path() / "vmlinux");
    AnalysisOptions options;
    options.debug_dirs = {folder.path().string()};
    const auto analysis = analyse_dumps(dump.string(), options, true);
    ASSERT_TRUE(analysis);
    ASSERT_EQ(analysis->problems.size(), 1u);
    EXPECT_THAT(analysis->problems[0].text(), HasSubstr("is not the kernel of"));
    EXPECT_THAT(analysis->problems[0].text(), HasSubstr("its build-id is"));
    EXPECT_THAT(analysis->crashes.at(0).state.tasks, IsEmpty());
    EXPECT_EQ(analysis->crashes[0].state.release, "6.1.192-caplab");  // vmcoreinfo still says it
}

}  // namespace
}  // namespace stallsight
