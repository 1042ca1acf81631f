// Several files of one core: rotated parts, copies.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

#include "analysis/analysis.h"
#include "parsers/bundle/rotation.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class Join : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) /
                  ("join-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((folder_ / path).parent_path());
        std::ofstream(folder_ / path) << text;
    }

    Analysis analysed() const {
        auto result = analyse(folder_.string());
        EXPECT_TRUE(result);
        return std::move(*result);
    }

    fs::path folder_;
};

std::string line(double time, const std::string& message) {
    char stamp[32];
    std::snprintf(stamp, sizeof stamp, "[%12.6f] ", time);
    return stamp + message + "\n";
}

std::string sleep_report(double time) {
    return line(time, "BUG: scheduling while atomic: tx_a/101/0x00000203") + line(time, "Call Trace:") +
           line(time, " __schedule_bug+0x10/0x20") + line(time, " send_a+0x1/0x2 [mod_a]") +
           line(time, " ret_from_fork+0x1/0x2");
}

std::string chatter(double from) {
    std::string out;
    for (int i = 0; i < 30; ++i) out += line(from + i * 0.1, "eth0: link becomes ready");
    return out;
}

TEST(Rotation, NamesOfOneLog) {
    EXPECT_EQ(rotation_of("var/log/kern.log").log, "var/log/kern.log");
    EXPECT_EQ(rotation_of("var/log/kern.log.2.gz").log, "var/log/kern.log");
    EXPECT_LT(rotation_of("kern.log.2.gz").order, rotation_of("kern.log.1").order);
    EXPECT_LT(rotation_of("kern.log.1").order, rotation_of("kern.log").order);
    EXPECT_EQ(rotation_of("messages-20260131.xz").log, "messages");
    EXPECT_LT(rotation_of("messages-20260101").order, rotation_of("messages-20260131").order);
    EXPECT_LT(rotation_of("messages-20260131").order, rotation_of("messages").order);
    EXPECT_EQ(rotation_of("nt-1").log, "nt-1");
    EXPECT_EQ(rotation_of("core-0/dmesg").log, "core-0/dmesg");
}

TEST_F(Join, PartsStandInTheOrderOfTime) {
    write("kern.log", chatter(300) + sleep_report(310));
    write("kern.log.1", chatter(200) + sleep_report(210));
    write("kern.log.2", chatter(100) + sleep_report(110));
    const Analysis analysis = analysed();
    std::vector<std::string> paths;
    for (const auto& info : analysis.artifacts) paths.push_back(info.artifact.path);
    EXPECT_THAT(paths, ElementsAre("kern.log.2", "kern.log.1", "kern.log"));
    ASSERT_EQ(analysis.events.size(), 3U);
    EXPECT_EQ(analysis.events[0].report.time, Time(110000000));
    EXPECT_EQ(analysis.events[2].report.time, Time(310000000));
    EXPECT_EQ(analysis.events[2].report.boot, 0);
}

TEST_F(Join, BootsAreCountedThroughTheParts) {
    write("kern.log.1", chatter(200) + sleep_report(210));
    write("kern.log", chatter(5) + sleep_report(10));
    const Analysis analysis = analysed();
    ASSERT_EQ(analysis.events.size(), 2U);
    EXPECT_EQ(analysis.events[0].report.boot, 0);
    EXPECT_EQ(analysis.events[1].report.boot, 1);
}

TEST_F(Join, AReportThatRotationCutIsOneAgain) {
    const std::string whole = sleep_report(210);
    const std::size_t cut = whole.find("send_a");
    const std::size_t start = whole.rfind('\n', cut) + 1;
    write("kern.log.1", chatter(200) + whole.substr(0, start));
    write("kern.log", whole.substr(start) + line(210.1, "__schedule_bug is no word of this line") + chatter(211));
    Analysis analysis = analysed();
    ASSERT_EQ(analysis.events.size(), 1U);
    // The half in the newer file says nothing of its kind.
    EXPECT_FALSE(analysis.events[0].report.partial);
    EXPECT_EQ(analysis.events[0].report.frames.size(), 3U);
    EXPECT_EQ(analysis.events[0].guilty.function, "send_a");

    const std::size_t later = whole.find(" __schedule_bug");
    const std::size_t second = whole.rfind('\n', later) + 1;
    write("kern.log.1", chatter(200) + whole.substr(0, second));
    write("kern.log", whole.substr(second) + chatter(211));
    analysis = analysed();
    ASSERT_EQ(analysis.events.size(), 1U);
    EXPECT_FALSE(analysis.events[0].report.partial);
    EXPECT_EQ(analysis.events[0].report.frames.size(), 3U);
    EXPECT_EQ(analysis.events[0].report.fields["goes_on_in"]["artifact"], "kern.log");
    EXPECT_EQ(analysis.events[0].guilty.function, "send_a");
}

TEST_F(Join, AStackAtTheStartIsNobodysWhereNoReportWasCut) {
    write("kern.log.1", chatter(200) + sleep_report(210) + line(210.1, "---[ end trace 0000000000000001 ]---"));
    write("kern.log", line(211, " send_a+0x1/0x2 [mod_a]") + line(211, " ret_from_fork+0x1/0x2") + chatter(212));
    const Analysis analysis = analysed();
    ASSERT_EQ(analysis.events.size(), 1U);
    EXPECT_EQ(analysis.events[0].report.frames.size(), 3U);
}

TEST_F(Join, TheSameReportInTwoFilesIsOne) {
    const std::string log = chatter(100) + sleep_report(110) +
                            line(120, "rcu-torture: rtc: 0000000012345678 ver: 12 tfle: 0") + line(121, "end");
    write("nt-a/core-0/console.log", "login: user text\n" + log);
    write("nt-a/core-0/dmesg.txt", log);
    write("nt-b/core-0/dmesg.txt", log);
    const Analysis analysis = analysed();
    ASSERT_EQ(analysis.events.size(), 2U);
    EXPECT_EQ(analysis.events[0].report.fields["copies_in"][0]["artifact"], "nt-a/core-0/dmesg.txt");
    EXPECT_EQ(analysis.events[0].report.fields["copies_in"][0]["line"], 31);
    EXPECT_EQ(analysis.torture.size(), 2U);
}

}  // namespace
}  // namespace stallsight
