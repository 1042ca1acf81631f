// Offsets from what one board's log says about the other's reboots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "analysis/analysis.h"
#include "analysis/cores.h"
#include "analysis/stalls/offsets.h"
#include "analysis/stalls/reboot_markers.h"

namespace stallsight {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Lines {
    double at_s;
    std::string message;
};

std::string log_of(const std::vector<Lines>& lines) {
    std::string text;
    for (const Lines& line : lines) {
        char stamp[32];
        std::snprintf(stamp, sizeof stamp, "[%12.6f] ", line.at_s);
        text += stamp + line.message + "\n";
    }
    return text;
}

Analysis boards(const std::vector<std::pair<std::string, std::string>>& logs) {
    Bundle bundle;
    for (const auto& [board, text] : logs) {
        Artifact artifact;
        artifact.kind = ArtifactKind::kernel_log;
        artifact.path = board + "/kern.log";
        artifact.board = board;
        artifact.bytes = Bytes::own(text);
        bundle.artifacts.push_back(std::move(artifact));
    }
    return analyse_bundle(std::move(bundle));
}

std::string basis_of_b(const Analysis& a) {
    const ClockOffset* b = a.offset_of("nt-b", "");
    return b != nullptr ? b->basis : "not aligned";
}

// A boot that printed something every ten seconds.
std::vector<Lines> boot(double length_s, const std::string& last = "the last line") {
    std::vector<Lines> lines = {{0, "Linux version 5.4.72 (gcc 9.3) #1 SMP PREEMPT"}};
    for (double at_s = 1; at_s < length_s; at_s += 10) lines.push_back({at_s, "worker is alive"});
    lines.push_back({length_s, last});
    return lines;
}

std::vector<Lines> watched_by(std::vector<Lines> markers, double until_s) {
    std::vector<Lines> lines = {{0, "Linux version 5.4.72 (gcc 9.3) #1 SMP PREEMPT"}};
    lines.insert(lines.end(), markers.begin(), markers.end());
    lines.push_back({until_s, "the end of this log"});
    return lines;
}

std::vector<Lines> operator+(std::vector<Lines> a, const std::vector<Lines>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// nt-b's clock stood at 0 when nt-a's showed `offset_s`.
void expect_offset(const Analysis& a, double offset_s, double most_error_s) {
    const ClockOffset* b = a.offset_of("nt-b", "");
    ASSERT_NE(b, nullptr);
    EXPECT_NEAR(b->offset_s, offset_s, b->error_s) << b->basis;
    EXPECT_LE(b->error_s, most_error_s) << b->basis;
    EXPECT_THAT(b->basis, HasSubstr("reboot markers")) << b->basis;
    EXPECT_EQ(a.offset_of("nt-a", "")->offset_s, 0);
}

Analysis nt(const std::vector<Lines>& a, const std::vector<Lines>& b) {
    return boards({{"nt-a", log_of(a)}, {"nt-b", log_of(b)}});
}

const char* const up = "remoteproc remoteproc0: remote processor nt-b is now up";
const char* const crashed = "remoteproc remoteproc0: crash detected in nt-b: type watchdog";

TEST(RebootOffset, AStartSaysWhenTheClockStoodAtZero) {
    const Analysis a =
        nt(watched_by({{499, "remoteproc remoteproc0: Booting fw image nt-b.elf, size 12345"}, {500, up}}, 900),
           boot(380));
    expect_offset(a, 503, 6);
    EXPECT_THAT(
        basis_of_b(a),
        HasSubstr("nt-b starts at \"remoteproc remoteproc0: remote processor nt-b is now up\" (nt-a/kern.log:3)"));
}

TEST(RebootOffset, AnEndSaysThatTheLastLineCameShortlyBefore) {
    const Analysis a = nt(watched_by({{1000, crashed}}, 1001), boot(600));
    expect_offset(a, 395, 31);
    EXPECT_THAT(basis_of_b(a), HasSubstr("at most"));
}

// Both a start and an end, and the boot between them is as long as the log.
TEST(RebootOffset, AStartAndAnEndDecideBetweenTwoBoots) {
    const Analysis a =
        nt(watched_by({{100, up}, {200, crashed}, {205, up}, {1200, crashed}, {1210, up}}, 1300), boot(980));
    expect_offset(a, 207, 6);
    EXPECT_THAT(basis_of_b(a), HasSubstr("starts at"));
    EXPECT_THAT(basis_of_b(a), HasSubstr("and ends at"));
}

// One log with two boots fits only where two lives follow one another.
TEST(RebootOffset, SeveralBootsOfOneLogFitTogether) {
    const std::vector<Lines> markers = {{100, up}, {200, crashed}, {205, up}, {1200, crashed}, {1210, up}};
    const Analysis a = nt(watched_by(markers, 1300), boot(980) + boot(60));
    expect_offset(a, 1213, 6);
}

TEST(RebootOffset, ALogThatPanickedIsNoLifeThatGoesOn) {
    const std::vector<Lines> markers = {{700, "board manager: nt-b watchdog reset"}};
    const std::vector<Lines> panicked = boot(300, "Kernel panic - not syncing: hung_task: blocked tasks");
    expect_offset(nt(watched_by(markers, 5000), panicked), 370, 31);
    EXPECT_EQ(nt(watched_by(markers, 5000), boot(300)).offset_of("nt-b", ""), nullptr)
        << "it may be the boot before the reset, or the one after it";
}

TEST(RebootOffset, TheOtherBoardMayBeTheOneThatSawIt) {
    const Analysis a =
        nt(boot(380), watched_by({{500, "remoteproc remoteproc0: remote processor nt-a is now up"}}, 900));
    const ClockOffset* b = a.offset_of("nt-b", "");
    ASSERT_NE(b, nullptr);
    EXPECT_NEAR(b->offset_s, -503, b->error_s);
    EXPECT_THAT(b->basis, HasSubstr("nt-a starts at"));
}

TEST(RebootOffset, AChannelThatComesBackTellsAStart) {
    const std::vector<Lines> lost = {
        {100, up}, {400, crashed}, {430, "virtio_rpmsg_bus virtio0: creating channel rpmsg-eth addr 0x400"}};
    expect_offset(nt(watched_by(lost, 2000), boot(1500)), 415, 16);
    const std::vector<Lines> only_created = {
        {430, "virtio_rpmsg_bus virtio0: creating channel rpmsg-eth addr 0x400"}};
    EXPECT_THAT(nt(watched_by(only_created, 2000), boot(1500)).offsets, IsEmpty()) << "a module was loaded";
}

TEST(RebootOffset, WhereItFitsTwiceNothingIsSaid) {
    const Analysis a = nt(watched_by({{100, up}, {500, crashed}, {505, up}, {900, crashed}}, 1000), boot(200));
    EXPECT_THAT(a.offsets, IsEmpty());
}

TEST(RebootOffset, WhereItFitsNowhereNothingIsSaid) {
    const Analysis a = nt(watched_by({{100, up}, {200, crashed}}, 300), boot(5000));
    EXPECT_THAT(a.offsets, IsEmpty());
}

TEST(RebootOffset, ProcessorsWithoutANameAreTheOtherCoreOnlyWhereThereIsOneOfThem) {
    const std::string one = "remoteproc remoteproc0: remote processor 4ab0000.dsp is now up";
    const std::string two = "remoteproc remoteproc1: remote processor 4ad0000.m4 is now up";
    expect_offset(nt(watched_by({{500, one}}, 900), boot(380)), 504, 6);
    EXPECT_THAT(nt(watched_by({{500, one}, {600, two}}, 900), boot(250)).offsets, IsEmpty());
    const std::string a = log_of(watched_by({{500, one}}, 900)), b = log_of(boot(380));
    EXPECT_THAT(boards({{"nt-a", a}, {"nt-b", b}, {"nt-c", b}}).offsets, IsEmpty());
}

TEST(RebootOffset, OnlyWordsBesideTheNameAreMarkers) {
    const auto found = [](const std::string& message) {
        const Analysis a = nt(watched_by({{500, message}}, 900), boot(380));
        return reboot_markers(a, {"nt-a", ""}, {"nt-b", ""}).size();
    };
    for (const char* marker :
         {"mgmt: nt-b reset by watchdog", "rebooting nt-b", "board nt-b is down", "nt-b: crashed",
          "supervisor: reset of board nt-b", "nt-b powered off", "heartbeat of nt-b lost"})
        EXPECT_EQ(found(marker), 1U) << marker;
    for (const char* other : {"connection reset by nt-b", "nt-b sent 17 frames, counters reset", "nt-bridge reset",
                              "reset of queue 3, peer nt-b", "eth0: Link is Down", "nt-b version 3 started a scan"})
        EXPECT_EQ(found(other), 0U) << other;
}

std::string with_wall_clock(double boot_s, const std::vector<Lines>& lines) {
    std::string text;
    for (const Lines& line : lines) {
        const int at = static_cast<int>(boot_s + line.at_s);
        char stamp[64];
        std::snprintf(stamp, sizeof stamp, "2022-01-27T%02d:%02d:%02d kernel: [%12.6f] ", 10 + at / 3600,
                      at / 60 % 60, at % 60, line.at_s);
        text += stamp + line.message + "\n";
    }
    return text;
}

TEST(RebootOffset, AWallClockThatAgreesStaysTheBasis) {
    const Analysis a = boards({{"nt-a", with_wall_clock(0, watched_by({{500, up}, {700, "x"}, {800, "y"}}, 900))},
                               {"nt-b", with_wall_clock(503, boot(380))}});
    const ClockOffset* b = a.offset_of("nt-b", "");
    ASSERT_NE(b, nullptr);
    EXPECT_NEAR(b->offset_s, 503, 1);
    EXPECT_THAT(b->basis, HasSubstr("wall clock"));
}

TEST(RebootOffset, AWallClockThatDisagreesIsContradictoryAndAlignsNothing) {
    const Analysis a = boards({{"nt-a", with_wall_clock(0, watched_by({{500, up}, {700, "x"}, {800, "y"}}, 900))},
                               {"nt-b", with_wall_clock(60, boot(380))}});
    EXPECT_EQ(a.offset_of("nt-b", ""), nullptr);
    ASSERT_EQ(a.offsets.size(), 2U);
    EXPECT_THAT(a.offsets[1].contradiction, HasSubstr("wall clock"));
    EXPECT_THAT(a.offsets[1].contradiction, HasSubstr("but +504.500 s ± 5.500 s by reboot markers"));
}

}  // namespace
}  // namespace stallsight
