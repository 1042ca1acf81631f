// Wall clocks through a log: the year that syslog leaves out, and logs that have no other clock.
#include <gtest/gtest.h>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

std::string warning(const std::string& stamp) {
    return stamp + "WARNING: CPU: 1 PID: 7 at mm/slab.c:1 f+0x1/0x2\n" + stamp + "Call Trace:\n" + stamp +
           " f+0x1/0x2\n" + stamp + "---[ end trace 0000000000000001 ]---\n";
}

std::string moment_of(const Event& event) {
    return event.moment ? iso_text(event.moment->moment, event.moment->zone) : "none";
}

TEST(Calendar, TheYearChangesInsideALog) {
    std::string text =
        "Dec 30 10:00:00 host kernel: [    1.000000] rtc0: setting system clock to 2021-12-30T09:00:00 UTC\n" +
        warning("Dec 31 23:59:58 host kernel: [136801.000000] ");
    for (int i = 0; i < 3000; ++i)
        text += "Dec 31 23:59:59 host kernel: [136802.000000] eth0: link becomes ready\n";
    const LogScan scan = scan_log(text + warning("Jan  1 00:00:01 host kernel: [136804.000000] "));
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(moment_of(scan.events[0]), "2021-12-31T23:59:58.000000");
    EXPECT_EQ(moment_of(scan.events[1]), "2022-01-01T00:00:01.000000");
    EXPECT_EQ(scan.boots, 1);
    EXPECT_FALSE(scan.timed_by_wall);
}

TEST(Calendar, AYearThatNothingTellsIsNotMadeUp) {
    const LogScan scan = scan_log(warning("Dec 31 23:59:58 host kernel: [   10.000000] ") +
                                  warning("Jan  1 00:00:01 host kernel: [   13.000000] "));
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_FALSE(scan.events[0].moment->year);
    EXPECT_EQ(scan.events[1].moment->moment - scan.events[0].moment->moment, std::chrono::seconds(3));
}

TEST(Calendar, WithoutPrintkTimeTheWallClockTells) {
    const LogScan scan = scan_log(
        "Dec 31 23:59:50 host kernel: eth0: link becomes ready\n" + warning("Dec 31 23:59:58 host kernel: ") +
        warning("Jan  1 00:00:01 host kernel: ") + "Jan  1 00:00:05 host kernel: eth0: link becomes ready\n");
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(scan.events[0].time, Time(std::chrono::seconds(8)));
    EXPECT_EQ(scan.events[1].time, Time(std::chrono::seconds(11)));
    EXPECT_EQ(scan.first_time, Time(0));
    EXPECT_EQ(scan.last_time, Time(std::chrono::seconds(15)));
    EXPECT_TRUE(scan.timed_by_wall);
}

TEST(Calendar, EachBootCountsFromItsOwnFirstStamp) {
    const std::string banner = "Linux version 6.1.0 (gcc) #1 SMP\n";
    const LogScan scan = scan_log("2022-01-27 10:00:00 " + banner + warning("2022-01-27 10:00:20 ") +
                                  "2022-01-27 11:00:00 U-Boot\n" + "2022-01-27 11:00:03 " + banner +
                                  warning("2022-01-27 11:00:10 "));
    EXPECT_EQ(scan.boots, 2);
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(scan.events[0].time, Time(std::chrono::seconds(20)));
    EXPECT_EQ(scan.events[1].boot, 1);
    EXPECT_EQ(scan.events[1].time, Time(std::chrono::seconds(7)));
}

TEST(Calendar, ALogWithoutAnyClockHasNoTimes) {
    const LogScan scan = scan_log(warning(""));
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_FALSE(scan.events[0].time);
    EXPECT_FALSE(scan.events[0].moment);
    EXPECT_FALSE(scan.timed_by_wall);
}

}  // namespace
}  // namespace stallsight
