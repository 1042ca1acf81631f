// Logs that begin or end in the midst of things, and logs that contradict themselves: what is known is said, the
// rest is not guessed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/analysis.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Analysis analysed(const std::string& log) {
    const test::TemporaryFolder folder;
    return analyse(folder.file("a.log", log)).value();
}

// kernel/rcu/tree_stall.h (6.1), without its first line.
std::string rest_of_stall(const std::string& s, const std::string& jiffies) {
    return "[ " + s +
           "010] rcu: \t3-....: (5249 ticks this GP) idle=d7e/1/0x4000000000000000 softirq=5/6 fqs=33\n" + "[ " +
           s + "020] \t(detected by 0, t=" + jiffies + " jiffies, g=7, q=3)\n" + "[ " + s +
           "030] Task dump for CPU 3:\n" + "[ " + s +
           "040] task:hwa_spin        state:R  running task     stack:    0 pid:  310 ppid:     2\n" + "[ " + s +
           "050] Call Trace:\n[ " + s + "060]  <TASK>\n[ " + s + "070]  hwa_poll+0x10/0x20 [hwa]\n[ " + s +
           "080]  </TASK>\n";
}

std::string stall(const std::string& s, const std::string& jiffies) {
    return "[ " + s + "000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n" + rest_of_stall(s, jiffies);
}

TEST(OddLogs, AReportWithoutItsHeadBelongsToItsGracePeriod) {
    const Analysis a = analysed(rest_of_stall("1000.000", "5250") + stall("1063.000", "21000"));
    ASSERT_EQ(a.events.size(), 2U);
    EXPECT_TRUE(a.events[0].report.partial);
    EXPECT_EQ(a.clocks[0].hz, 250);
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_EQ(a.stalls[0].flavor, "rcu_preempt");
    EXPECT_EQ(a.stalls[0].events.size(), 2U);
    EXPECT_NEAR(*a.stalls[0].start_s, 979, 0.01);
    EXPECT_THAT(a.diagnoses[0].why[0], HasSubstr("a part of a report"));
    EXPECT_THAT(a.diagnoses[0].why[0], HasSubstr("the log begins inside it"));
}

TEST(OddLogs, OnlySuchAReportIsAnEpisodeOfAFlavorThatIsNotKnown) {
    const Analysis a = analysed(rest_of_stall("1000.000", "5250"));
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_EQ(a.stalls[0].flavor, "rcu");
    EXPECT_TRUE(a.stalls[0].open);
}

TEST(OddLogs, WhereNothingDecidesHzNothingIsSaidOfTheStart) {
    const Analysis a = analysed(stall("500000.000", "777777"));
    EXPECT_FALSE(a.clocks[0].hz);
    EXPECT_THAT(a.clocks[0].basis, HasSubstr("not known"));
    ASSERT_EQ(a.stalls.size(), 1U);
    EXPECT_FALSE(a.stalls[0].start_s);
}

TEST(OddLogs, ABootThatContradictsItsReportsIsReported) {
    const Analysis a =
        analysed("[    0.100000] rcu: RCU calculated value of scheduler-enlistment delay is 100 jiffies.\n" +
                 stall("1000.000", "5250") + stall("1063.000", "21000"));
    EXPECT_EQ(a.clocks[0].hz, 1000);
    EXPECT_THAT(a.clocks[0].contradiction, HasSubstr("HZ=250"));
    bool said = false;
    for (const std::string& step : a.diagnoses[0].why)
        said = said || step.find("contradictory") != std::string::npos;
    EXPECT_TRUE(said);
}

TEST(OddLogs, AnotherKernelAfterARebootHasItsOwnHz) {
    const Analysis a = analysed(
        "[    0.000000] Linux version 5.4.72 (a@b) #1\n"
        "[    0.100000] rcu: RCU calculated value of scheduler-enlistment delay is 100 jiffies.\n" +
        stall("1000.000", "21000") +
        "[    0.000000] Linux version 6.1.0 (a@b) #7\n"
        "[    0.100000] rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.\n" +
        stall("1200.000", "5250"));
    ASSERT_EQ(a.clocks.size(), 2U);
    EXPECT_THAT(a.clocks[0].contradiction + a.clocks[1].contradiction, IsEmpty());
    ASSERT_EQ(a.stalls.size(), 2U);
    EXPECT_NEAR(*a.stalls[0].start_s, 979, 0.1);
    EXPECT_NEAR(*a.stalls[1].start_s, 1179, 0.1);
}

TEST(OddLogs, AWarningThatIsNotAboutPreemptionHasNoChain) {
    const Analysis a = analysed(
        "[  100.000000] WARNING: CPU: 1 PID: 77 at drivers/hwa.c:12 hwa_probe+0x10/0x20 [hwa]\n"
        "[  100.000010] CPU: 1 PID: 77 Comm: hwa Not tainted 6.1.0 #1\n"
        "[  100.000020] Call Trace:\n[  100.000030]  <TASK>\n[  100.000040]  hwa_probe+0x10/0x20 [hwa]\n"
        "[  100.000050]  </TASK>\n[  100.000060] ---[ end trace 0000000000000000 ]---\n");
    ASSERT_EQ(a.events.size(), 1U);
    EXPECT_THAT(a.chains, IsEmpty());
}

}  // namespace
}  // namespace stallsight
