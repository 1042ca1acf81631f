#include "analysis/stalls/offsets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/cores.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

void add_log(Analysis& analysis, const std::string& board, const std::string& text) {
    ArtifactInfo info;
    info.artifact.kind = ArtifactKind::kernel_log;
    info.artifact.path = board + "/kern.log";
    info.artifact.board = board;
    info.artifact.bytes = Bytes::own(text);
    info.scan = read_log(info.artifact.bytes.view()).value();
    analysis.artifacts.push_back(info);
    analysis.cores = find_cores(analysis);
}

// nt-b booted 100 s after nt-a.
Analysis two_boards() {
    Analysis a;
    add_log(a, "nt-a",
            "Jan 27 16:00:10 nt-a kernel: [   10.000000] one\n"
            "Jan 27 16:05:00 nt-a kernel: [  300.000000] two\n"
            "Jan 27 16:10:00 nt-a kernel: [  600.000000] three\n");
    add_log(a, "nt-b",
            "Jan 27 16:01:50 nt-b kernel: [   10.200000] one\n"
            "Jan 27 16:05:00 nt-b kernel: [  200.300000] two\n"
            "Jan 27 16:10:00 nt-b kernel: [  500.100000] three\n");
    return a;
}

TEST(Offsets, WallClocksAlignTwoBoards) {
    Analysis a = two_boards();
    a.offsets = find_offsets(a, {});
    ASSERT_EQ(a.offsets.size(), 2U);
    EXPECT_EQ(a.offset_of("nt-a", "")->offset_s, 0);
    const ClockOffset& b = *a.offset_of("nt-b", "");
    EXPECT_NEAR(b.offset_s, 100, b.error_s);
    EXPECT_LE(b.error_s, 1);
    EXPECT_THAT(b.basis, HasSubstr("nt-b/kern.log"));
}

std::string journal_line(std::int64_t wall_us, std::int64_t since_boot_us) {
    return R"({"__REALTIME_TIMESTAMP":")" + std::to_string(wall_us) + R"(","_TRANSPORT":"kernel",)" +
           R"("_SOURCE_MONOTONIC_TIMESTAMP":")" + std::to_string(since_boot_us) + R"(","MESSAGE":"link up"})" +
           "\n";
}

TEST(Offsets, TheJournalHasBothClocks) {
    constexpr std::int64_t booted = 1'643'300'462'000'000, second = 1'000'000;
    Analysis a;
    std::string first, later;
    for (int i = 1; i < 5; ++i) {
        first += journal_line(booted + i * second, i * second);
        later += journal_line(booted + (100 + i) * second, i * second);
    }
    add_log(a, "nt-a", first);
    add_log(a, "nt-b", later);
    a.offsets = find_offsets(a, {});
    ASSERT_EQ(a.offsets.size(), 2U);
    EXPECT_NEAR(a.offset_of("nt-b", "")->offset_s, 100, 0.001);
    EXPECT_LT(a.offset_of("nt-b", "")->error_s, 0.001);
}

TEST(Offsets, TheYearMayChangeBetweenTwoBoardsAndInsideOne) {
    Analysis a;
    add_log(a, "nt-a",
            "Dec 31 23:59:10 nt-a kernel: [   10.000000] one\n"
            "Dec 31 23:59:50 nt-a kernel: [   50.000000] two\n"
            "Jan  1 00:10:00 nt-a kernel: [  660.000000] three\n");
    add_log(a, "nt-b",
            "Jan  1 00:00:50 nt-b kernel: [   10.200000] one\n"
            "Jan  1 00:05:00 nt-b kernel: [  260.300000] two\n"
            "Jan  1 00:10:00 nt-b kernel: [  560.100000] three\n");
    a.offsets = find_offsets(a, {});
    ASSERT_EQ(a.offsets.size(), 2U);
    EXPECT_NEAR(a.offset_of("nt-b", "")->offset_s, 100, 1);
}

TEST(Offsets, AStampWithAYearAlignsWithOneWithout) {
    Analysis a;
    add_log(a, "nt-a",
            "2022-01-27T16:00:10 nt-a kernel: [   10.000000] one\n"
            "2022-01-27T16:05:00 nt-a kernel: [  300.000000] two\n"
            "2022-01-27T16:10:00 nt-a kernel: [  600.000000] three\n");
    add_log(a, "nt-b", "Jan 27 16:01:40 nt-b kernel: one\nJan 27 16:05:00 nt-b kernel: two\n");
    a.artifacts.back().scan.timed_by_wall = true;
    a.offsets = find_offsets(a, {});
    ASSERT_EQ(a.offsets.size(), 2U);
    EXPECT_NEAR(a.offset_of("nt-b", "")->offset_s, 100, 1);
}

TEST(Offsets, WhatTheUserSaysComesFirst) {
    Analysis a = two_boards();
    a.offsets = find_offsets(a, {{"nt-a/kern.log:3=nt-b/kern.log:2"}, {}});
    EXPECT_NEAR(a.offset_of("nt-b", "")->offset_s, 600 - 200.3, 1e-6);
}

TEST(Offsets, WithoutAWallClockNothingIsAligned) {
    Analysis a;
    add_log(a, "nt-a", "[   10.000000] one\n[   20.000000] two\n[   30.000000] three\n");
    add_log(a, "nt-b", "[   10.000000] one\n[   20.000000] two\n[   30.000000] three\n");
    EXPECT_TRUE(find_offsets(a, {}).empty());
}

TEST(Offsets, WhatIsSetByHandBeatsTheWallClockAndSaysItsError) {
    Analysis a = two_boards();
    a.offsets =
        find_offsets(a, {{}, {{"nt-b", "", 90, 5, "first", ""}, {"nt-b", "", 250, 0.5, "set by hand", ""}}});
    const ClockOffset& b = *a.offset_of("nt-b", "");
    EXPECT_EQ(b.offset_s, 250);
    EXPECT_EQ(b.error_s, 0.5);
    EXPECT_EQ(b.basis, "set by hand");
}

TEST(Offsets, MessagesThatBothBoardsLoggedAlignThem) {
    Analysis a;
    add_log(a, "nt-a",
            "[    1.000000] DMA zone: 65536 pages\n[  500.000000] hwa: takeover 4711 begins\n"
            "[  501.200000] hwa: takeover 4711 done\n[  700.000000] hwa: takeover 4712 begins\n"
            "[  900.000000] only here 1234\n");
    add_log(a, "nt-b",
            "[    1.000000] DMA zone: 65536 pages\n[  200.100000] hwa: takeover 4711 begins\n"
            "[  201.200000] hwa: takeover 4711 done\n[  400.300000] hwa: takeover 4712 begins\n");
    a.offsets = find_offsets(a, {});
    ASSERT_EQ(a.offsets.size(), 2U);
    const ClockOffset& b = *a.offset_of("nt-b", "");
    EXPECT_NEAR(b.offset_s, 300, b.error_s);
    EXPECT_LE(b.error_s, 0.5);
    EXPECT_THAT(b.basis, HasSubstr("3 messages that nt-a and nt-b both logged"));
}

TEST(Offsets, WhatEveryBootPrintsAlignsNothing) {
    Analysis a;
    const std::string boot =
        "[    1.000000] DMA zone: 65536 pages\n[    2.000000] Memory: 123456K\n"
        "[    3.000000] id 0x12345\n";
    add_log(a, "nt-a", boot);
    add_log(a, "nt-b", boot);
    EXPECT_TRUE(find_offsets(a, {}).empty());
}

TEST(Offsets, AMomentThatIsNotThereIsAProblem) {
    for (const char* text :
         {"nt-a/kern.log:3=nt-b/kern.log:99", "nowhere:1=nt-a/kern.log:1", "nonsense", "=", ""}) {
        Analysis a = two_boards();
        find_offsets(a, {{text}, {}});
        EXPECT_EQ(a.problems.size(), 1U) << text;
    }
}

}  // namespace
}  // namespace stallsight
