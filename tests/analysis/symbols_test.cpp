// What is said of debug info that does not fit the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/analysis.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

// A report whose stack has that entry under msleep(); the bundle has the entry's module.
std::vector<Error> problems_with(const std::string& entry) {
    const test::TemporaryFolder folder;
    std::filesystem::copy_file(
        std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64/rpmsg_platform_driver.ko",
        folder.path() / "rpmsg_platform_driver.ko");
    folder.file(
        "console.log",
        "[    4.666496] BUG: scheduling while atomic: clock_hwa_app/322/0x00000203\n"
        "[    4.668181] CPU: 3 PID: 322 Comm: clock_hwa_app Tainted: G        W  O       6.1.192-caplab #3\n"
        "[    4.668419] Call Trace:\n"
        "[    4.668513]  <TASK>\n"
        "[    4.670248]  mutex_lock+0x2b/0x40\n"
        "[    4.670248]  " +
            entry +
            "\n"
            "[    4.670248]  virtqueue_notify+0x10/0x30 [virtio_ring]\n"
            "[    4.680927]  </TASK>\n");
    const auto analysis = analyse(folder.path());
    EXPECT_TRUE(analysis);
    EXPECT_EQ(analysis->events.size(), 1u);
    return analysis->problems;
}

TEST(DebugInfoOfTheLog, FitsIt) {
    EXPECT_THAT(problems_with("nokia_rpmsg_notify+0x1a/0x40 [rpmsg_platform_driver]"), testing::IsEmpty());
}

TEST(DebugInfoOfAnotherBuild, IsAProblem) {
    const auto problems = problems_with("nokia_rpmsg_notify+0x15/0x40 [rpmsg_platform_driver]");
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_THAT(problems[0].text(), testing::HasSubstr("does not fit the log, nothing of it is certain"));
    EXPECT_EQ(problems_with("nokia_rpmsg_notify+0x1a/0x70 [rpmsg_platform_driver]").size(), 1u);
}

// "? symbol" was left on the stack by somebody else: what it called is no evidence.
TEST(DebugInfoOfTheLog, IsNotDoubtedForAStaleEntry) {
    EXPECT_THAT(problems_with("? nokia_rpmsg_notify+0x15/0x40 [rpmsg_platform_driver]"), testing::IsEmpty());
}

}  // namespace
}  // namespace stallsight
