// `stallsight vmcore`: its text is what users of `crash` know, so that our own reader of crash sessions reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "parsers/vmcore/crash_text.h"
#include "tests/support/captured_dump.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using test::quoted;
using testing::HasSubstr;

const std::filesystem::path dump = captured_dumps / captured_dump_names[1];

TEST(VmcoreCommand, StacksAreReadAsACrashSession) {
    if (!std::filesystem::exists(dump)) GTEST_SKIP() << "the captures are not here";
    const auto run = test::stallsight("vmcore --stacks --tasks --waits --rcu --debug-dir " +
                                      quoted((captured_dumps / "../build").string()) + " " + quoted(dump.string()));
    EXPECT_EQ(run.status, 0) << run.err;
    const KernelState state = parse_crash_text(run.out);
    ASSERT_EQ(state.tasks.size(), 54u);
    for (const KernelTask& task : state.tasks) EXPECT_GE(task.frames.size(), 4u) << task.task.comm;
    const KernelTask& spinning = *std::find_if(state.tasks.begin(), state.tasks.end(),
                                               [](const KernelTask& task) { return task.task.pid == 312; });
    EXPECT_EQ(spinning.frames[0].function, "read_hpet");
    EXPECT_FALSE(spinning.frames[0].return_address);
    EXPECT_EQ(spinning.frames[2].module, "hwa_diag");
    EXPECT_THAT(run.out, HasSubstr("(inlined "));
    EXPECT_THAT(run.out, HasSubstr("CPU 1 runs hwa_spin (pid 312); next: ksoftirqd/1 (pid 17)"));
    EXPECT_THAT(run.out, HasSubstr("rcu_preempt: grace period -695 is in progress"));
}

// The stall's report and the dump's memory have the same chain.
TEST(AnalyzeCommand, OfADumpTellsAChainOnce) {
    if (!std::filesystem::exists(dump)) GTEST_SKIP() << "the captures are not here";
    const auto run = test::stallsight("analyze --debug-dir " + quoted((captured_dumps / "../build").string()) +
                                      " " + quoted(dump.string()));
    const std::string chain = "preempt_count 0x00000001 = preemption off once, in the dump's memory\n";
    const std::size_t first = run.out.find(chain);
    ASSERT_NE(first, std::string::npos) << run.err;
    EXPECT_EQ(run.out.find(chain, first + 1), std::string::npos);
}

TEST(VmcoreCommand, WithoutDebugInfoTheLogIsThere) {
    if (!std::filesystem::exists(dump)) GTEST_SKIP() << "the captures are not here";
    const auto log = test::stallsight("vmcore --log " + quoted(dump.string()));
    EXPECT_EQ(log.status, 0) << log.err;
    EXPECT_THAT(log.out, HasSubstr("Linux version 6.1.192-caplab"));
    const auto tasks = test::stallsight("vmcore --tasks " + quoted(dump.string()));
    EXPECT_EQ(tasks.status, 3);
    EXPECT_THAT(tasks.err, HasSubstr("no vmlinux with debug info of this kernel"));
}

TEST(VmcoreCommand, WhatIsNoDumpIsSaid) {
    const test::TemporaryFolder folder;
    const auto run = test::stallsight("vmcore " + quoted(folder.file("notes.txt", "no dump\n")));
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("no memory dump in it"));
}

}  // namespace
}  // namespace stallsight
