// What is said of debug info that does not fit the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/analysis.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

const std::string fitting_entry = "nokia_rpmsg_notify+0x1a/0x40 [rpmsg_platform_driver]";

// A report whose stack has that entry under mutex_lock(), behind other lines of the log; the bundle has the entry's
// module and a text about the modules that were loaded.
Analysis analysis_of(const std::string& entry, const std::string& before = {}, const std::string& modules = {}) {
    const test::TemporaryFolder folder;
    if (!modules.empty()) folder.file("modules.txt", modules);
    std::filesystem::copy_file(
        std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64/rpmsg_platform_driver.ko",
        folder.path() / "rpmsg_platform_driver.ko");
    folder.file(
        "console.log",
        before +
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
    return *analysis;
}

std::vector<Error> problems_with(const std::string& entry, const std::string& before = {},
                                 const std::string& modules = {}) {
    return analysis_of(entry, before, modules).problems;
}

TEST(DebugInfoOfTheLog, FitsIt) {
    EXPECT_THAT(problems_with(fitting_entry), testing::IsEmpty());
}

TEST(DebugInfoOfAnotherBuild, IsAProblem) {
    const auto problems = problems_with("nokia_rpmsg_notify+0x15/0x40 [rpmsg_platform_driver]");
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_THAT(problems[0].text(), testing::HasSubstr("does not fit the log, nothing of it is certain"));
    EXPECT_EQ(problems_with("nokia_rpmsg_notify+0x1a/0x70 [rpmsg_platform_driver]").size(), 1u);
}

// What the bundle says of the modules that were loaded is compared, too.
TEST(DebugInfoOfAnotherBuild, ShowsInVermagic) {
    const std::string same = "6.1.192-caplab SMP preempt mod_unload ", other = "6.1.192-caplab SMP mod_unload ";
    const auto refused = [](const std::string& kernel) {
        return "[    2.000000] ext4: version magic '6.1.0 SMP ' should be '" + kernel + "'\n";
    };
    EXPECT_THAT(problems_with(fitting_entry, refused(same)), testing::IsEmpty());
    EXPECT_THAT(problems_with(fitting_entry, refused(other)), testing::SizeIs(1));
    const auto modinfo = [](const std::string& vermagic) {
        return "filename:   /lib/modules/rpmsg_platform_driver.ko\nvermagic:   " + vermagic + "\n";
    };
    EXPECT_THAT(problems_with(fitting_entry, {}, modinfo(same)), testing::IsEmpty());
    const auto problems = problems_with(fitting_entry, {}, modinfo(other));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_THAT(problems[0].text(),
                testing::HasSubstr("the board's modules are \"6.1.192-caplab SMP mod_unload\""));
}

TEST(DebugInfoOfAnotherBuild, ProvesNothingAndGivesNoLine) {
    const auto link_of = [](const Analysis& analysis) {
        for (const Chain& chain : analysis.chains)
            for (const Link& link : chain.links)
                if (link.function == "nokia_rpmsg_notify") return link;
        return Link();
    };
    const Link fits = link_of(analysis_of(fitting_entry));
    EXPECT_EQ(fits.call_site, "proved");
    EXPECT_EQ(fits.line, 100);
    for (const Missing& missing : analysis_of(fitting_entry).missing)
        EXPECT_NE(missing.module, "rpmsg_platform_driver");
    EXPECT_THAT(analysis_of(fitting_entry).diagnoses.at(0).summary, testing::HasSubstr("driver.c:100"));
    const Analysis other =
        analysis_of(fitting_entry, {}, "filename: rpmsg_platform_driver.ko\nvermagic: 6.1.192-caplab SMP\n");
    EXPECT_EQ(link_of(other).function, "nokia_rpmsg_notify");
    EXPECT_EQ(link_of(other).call_site, "");
    EXPECT_EQ(link_of(other).line, 0);
    EXPECT_THAT(other.diagnoses.at(0).summary, testing::Not(testing::HasSubstr("driver.c:100")));
    ASSERT_FALSE(other.chains.empty());
    EXPECT_THAT(other.chains[0].unchecked,
                testing::HasSubstr("1 frame of rpmsg_platform_driver: debug info of another build"));
    ASSERT_FALSE(other.missing.empty());
    EXPECT_EQ(other.missing[0].module, "rpmsg_platform_driver");
    EXPECT_EQ(
        other.missing[0].how,
        "rpmsg_platform_driver.ko with debug info, of the same build; rpmsg_platform_driver.ko is of another one");
}

// "? symbol" was left on the stack by somebody else: what it called is no evidence.
TEST(DebugInfoOfTheLog, IsNotDoubtedForAStaleEntry) {
    EXPECT_THAT(problems_with("? nokia_rpmsg_notify+0x15/0x40 [rpmsg_platform_driver]"), testing::IsEmpty());
}

}  // namespace
}  // namespace stallsight
