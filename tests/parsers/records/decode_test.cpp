// Forms that are rewritten before they are read: the report is found, and its lines are those of the file.
#include "parsers/records/decode.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

const std::vector<std::string> report = {
    "BUG: scheduling while atomic: app/5079/0x00000203",
    "CPU: 1 PID: 5079 Comm: app Tainted: G           O      5.4.72 #2",
    "Call Trace:",
    " __schedule_bug+0xcc/0xe8",
    " notify+0x28/0xb8 [drv]",
};

void expect_report(const std::string& text, std::uint64_t line, std::uint64_t line_last) {
    const LogScan scan = read_log(text).value();
    ASSERT_EQ(scan.events.size(), 1U) << text;
    const Event& e = scan.events[0];
    EXPECT_EQ(e.kind, EventKind::atomic_sleep);
    EXPECT_EQ(e.time, Time(12345678));
    EXPECT_EQ(e.line, line);
    EXPECT_EQ(e.line_last, line_last);
    ASSERT_EQ(e.frames.size(), 2U);
    EXPECT_EQ(e.frames[1].module, "drv");
    EXPECT_LE(e.offset_last, text.size());
    EXPECT_LT(e.offset, e.offset_last);
}

std::string plain() {
    std::string text;
    for (const std::string& line : report) text += "[   12.345678] " + line + "\n";
    return text;
}

TEST(Decode, Utf16) {
    std::string little = "\xff\xfe";
    std::string big = "\xfe\xff";
    for (const char c : plain()) {
        little += {c, '\0'};
        big += {'\0', c};
    }
    expect_report(little, 1, 5);
    expect_report(big, 1, 5);
}

TEST(Decode, JournalJson) {
    std::string text;
    for (const std::string& line : report) {
        const nlohmann::json entry = {{"__CURSOR", "s=1"},
                                      {"_TRANSPORT", "kernel"},
                                      {"PRIORITY", "3"},
                                      {"MESSAGE", line},
                                      {"_SOURCE_MONOTONIC_TIMESTAMP", "12345678"},
                                      {"__MONOTONIC_TIMESTAMP", "99"}};
        text += entry.dump() + "\n";
    }
    expect_report(text, 1, 5);
}

TEST(Decode, TheJournalTellsTheWallClock) {
    std::string json, exported;
    for (const std::string& line : report) {
        json += nlohmann::json{{"__REALTIME_TIMESTAMP", "1643300467123456"},
                               {"_TRANSPORT", "kernel"},
                               {"_HOSTNAME", "fant-h"},
                               {"MESSAGE", line},
                               {"_SOURCE_MONOTONIC_TIMESTAMP", "12345678"}}
                    .dump() +
                "\n";
        exported += "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1643300467123456\n_TRANSPORT=kernel\nMESSAGE=" + line +
                    "\n_SOURCE_MONOTONIC_TIMESTAMP=12345678\n\n";
    }
    for (const std::string& text : {json, exported}) {
        const LogScan scan = read_log(text).value();
        ASSERT_EQ(scan.events.size(), 1U);
        EXPECT_EQ(scan.events[0].time, Time(12345678));
        ASSERT_TRUE(scan.events[0].moment);
        EXPECT_EQ(iso_text(scan.events[0].moment->moment, true), "2022-01-27T16:21:07.123456Z");
        ASSERT_FALSE(scan.clock_pairs.empty());
        EXPECT_EQ(scan.clock_pairs[0].time, Time(12345678));
    }
}

TEST(Decode, JournalExport) {
    std::string text;
    for (const std::string& line : report) {
        text += "__CURSOR=s=1\n__MONOTONIC_TIMESTAMP=99\n_TRANSPORT=kernel\nPRIORITY=3\nMESSAGE=" + line +
                "\n_SOURCE_MONOTONIC_TIMESTAMP=12345678\n\n";
    }
    expect_report(text, 5, 33);
}

TEST(Decode, JournalExportBinaryField) {
    std::string text = "__CURSOR=s=1\n_TRANSPORT=kernel\n_SOURCE_MONOTONIC_TIMESTAMP=12345678\nMESSAGE\n";
    std::string message;
    for (const std::string& line : report) message += (message.empty() ? "" : "\n") + line;
    for (std::size_t i = 0; i < 8; ++i) text += static_cast<char>(message.size() >> (8 * i) & 0xff);
    text += message + "\n\n";
    expect_report(text, 4, 4);
}

TEST(Decode, JournalVerbose) {
    std::string text;
    for (const std::string& line : report) {
        text +=
            "Thu 2022-01-27 16:21:07.123456 UTC [s=0a;i=1;b=2;m=3;t=4;x=5]\n    _TRANSPORT=kernel\n    PRIORITY=3\n"
            "    MESSAGE=" +
            line + "\n    _SOURCE_MONOTONIC_TIMESTAMP=12345678\n";
    }
    expect_report(text, 4, 24);
}

TEST(Decode, DmesgJson) {
    std::string text = "{\n   \"dmesg\": [\n";
    for (const std::string& line : report) {
        text += (text.ends_with("}") ? "," : "") +
                std::string("{\n         \"pri\":  3,\n         \"time\":    12.345678,\n") +
                "         \"msg\": \"" + line + "\"\n      }";
    }
    text += "\n   ]\n}\n";
    expect_report(text, 6, 22);
}

TEST(Decode, PstorePiecesInAnyOrder) {
    std::string text = "Panic#1 Part1\n";
    for (std::size_t i = 3; i < report.size(); ++i) text += "<3>[   12.345678] " + report[i] + "\n";
    text += "Panic#1 Part2\n";
    for (std::size_t i = 0; i < 3; ++i) text += "<3>[   12.345678] " + report[i] + "\n";
    expect_report(text, 3, 5);
}

TEST(Decode, Colours) {
    std::string text;
    for (const std::string& line : report) text += "\x1b[32m[   12.345678] \x1b[0m\x1b[31m" + line + "\x1b[0m\n";
    expect_report(text, 1, 5);
}

TEST(Decode, LeavesPlainTextAlone) {
    EXPECT_FALSE(*decode_log(plain()));
    EXPECT_FALSE(*decode_log(""));
    EXPECT_FALSE(*decode_log("{"));
    EXPECT_FALSE(*decode_log("Panic#1 Part1\nonly one piece\n"));
    expect_report(plain(), 1, 5);
}

TEST(Decode, DamagedFormsEndQuietly) {
    for (const std::string text :
         {"\xff\xfe", "\xff\xfeX", "{\"__CURSOR\": \n", "__CURSOR=x\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff",
          "{\"dmesg\": [ {\"msg\": \"\\", "{ \"dmesg\"", "__CURSOR=x\nMESSAGE\n12"}) {
        EXPECT_TRUE(read_log(text).value().events.empty());
    }
}

}  // namespace
}  // namespace stallsight
