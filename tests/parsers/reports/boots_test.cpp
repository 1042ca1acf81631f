// Several boots in one log.
#include <gtest/gtest.h>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

std::string line(double time, const std::string& message) {
    char stamp[32];
    std::snprintf(stamp, sizeof stamp, "[%12.6f] ", time);
    return stamp + message + "\n";
}

std::string warning(double time) {
    return line(time, "WARNING: CPU: 1 PID: 7 at mm/slab.c:1 f+0x1/0x2") + line(time, "Call Trace:") +
           line(time, " f+0x1/0x2") + line(time, "---[ end trace 0000000000000001 ]---");
}

TEST(Boots, ABannerBeginsABoot) {
    const LogScan scan = scan_log(line(0, "Linux version 6.1.0 (gcc) #1 SMP") + line(5, "up") + warning(20.5) +
                                  line(0, "Linux version 6.1.0 (gcc) #1 SMP") + line(6, "up") + warning(21.5));
    EXPECT_EQ(scan.boots, 2);
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(scan.events[0].boot, 0);
    EXPECT_EQ(scan.events[1].boot, 1);
    EXPECT_EQ(scan.first_time, Time(0));
    EXPECT_EQ(scan.last_time, Time(21500000));
}

TEST(Boots, AClockThatStartsAgainWithoutABannerBeginsABoot) {
    const LogScan scan = scan_log(line(100, "running") + warning(120) + line(3.25, "eth0: link up") + warning(4));
    EXPECT_EQ(scan.boots, 2);
    ASSERT_EQ(scan.events.size(), 2U);
    EXPECT_EQ(scan.events[0].boot, 0);
    EXPECT_EQ(scan.events[1].boot, 1);
}

TEST(Boots, RecordsALittleOutOfOrderAreOneBoot) {
    EXPECT_EQ(scan_log(line(100, "a") + line(99.9, "b") + line(95, "c") + line(101, "d")).boots, 1);
}

TEST(Boots, AReplayToALateConsoleIsNoBoot) {
    std::string early = line(0, "Linux version 6.1.0 (gcc) #1 SMP");
    for (int i = 1; i < 40; ++i) early += line(i * 0.01, "message " + std::to_string(i));
    const LogScan scan = scan_log(early + line(0.5, "printk: console [ttyS0] enabled") + early +
                                  line(0.5, "printk: console [ttyS0] enabled") + line(0.6, "more"));
    EXPECT_EQ(scan.boots, 1);
}

TEST(Boots, AFallFarIntoALargeLogIsFound) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += line(1000 + i, "eth0: link becomes ready");
    const std::size_t second = text.size();
    for (int i = 0; i < 3; ++i) text += line(2 + i, "eth0: link becomes ready");
    const LogScan scan = scan_log(text + warning(30));
    EXPECT_EQ(scan.boots, 2);
    ASSERT_EQ(scan.events.size(), 1U);
    EXPECT_EQ(scan.events[0].boot, 1);
    EXPECT_GT(scan.events[0].offset, second);
}

}  // namespace
}  // namespace stallsight
