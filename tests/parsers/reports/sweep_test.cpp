// What the one pass over the bytes relies on, and what it leaves out.
#include "parsers/reports/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "parsers/rcutorture/torture.h"
#include "parsers/reports/facts.h"
#include "parsers/reports/heads.h"
#include "parsers/reports/kind.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

// Only lines that hold a head are searched for literals, so that each line with a literal must hold one.
bool holds_a_head(std::string_view line) {
    const auto heads = line_heads();
    return std::any_of(heads.begin(), heads.end(),
                       [&](const Head& head) { return line.find(head.text) != std::string_view::npos; });
}

// The least that the kernel prints around a literal that holds none itself.
std::string line_with(const ReportKind& kind, std::string_view literal) {
    if (kind.kind == EventKind::lockdep) return "WARNING: " + std::string(literal);
    if (literal == "stack guard page was hit") return "BUG: " + std::string(literal);  // handle_stack_overflow()
    if (kind.kind == EventKind::oops) return std::string(literal) + "0000 [#1] SMP";   // __die()
    return std::string(literal);
}

TEST(Sweep, EveryLineThatOpensAReportHoldsAHead) {
    for (const ReportKind& kind : report_kinds())
        for (const std::string_view literal : kind.patterns)
            EXPECT_TRUE(holds_a_head(line_with(kind, literal))) << literal;
}

TEST(Sweep, EveryTortureLiteralHoldsAHead) {
    for (const TortureLiteral& literal : torture_literals())
        EXPECT_TRUE(holds_a_head(literal.text)) << literal.text;
}

TEST(Sweep, AModuleOfAnotherKernelIsFoundFarBehindTheBoot) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "[  100.000000] eth0: link becomes ready\n";
    const LogScan scan = scan_log(
        text + "[  200.000000] hwa: version magic '5.4.71 SMP mod_unload ' should be '5.4.72 SMP mod_unload '\n");
    ASSERT_EQ(scan.facts.size(), 1U);
    EXPECT_EQ(scan.facts[0].kind, Fact::Kind::vermagic);
    EXPECT_EQ(scan.facts[0].text, "5.4.72 SMP mod_unload ");
    EXPECT_EQ(scan.facts[0].line, 20'001U);
}

std::string statistics(int n) {
    return "[" + std::to_string(1000 + n) +
           ".000000] rcu-torture: rtc: 00000000deadbeef ver: " + std::to_string(n) +
           " tfle: 0 rta: 1 rtaf: 0 rtf: 0 rtmbe: 0\n";
}

TEST(Sweep, SamplesOfATestAreThinnedEvenlyAndItIsSaid) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += statistics(i);
    const LogScan all = scan_log(text);
    EXPECT_EQ(all.torture.size(), 2000U);
    EXPECT_FALSE(all.torture_thinned);
    for (int i = 2000; i < 9000; ++i) text += statistics(i);
    const LogScan some = scan_log(text);
    EXPECT_TRUE(some.torture_thinned);
    ASSERT_GT(some.torture.size(), 500U);
    EXPECT_LE(some.torture.size(), 2048U);
    const auto early = std::count_if(some.torture.begin(), some.torture.end(),
                                     [](const TortureSample& s) { return s.version < 4500; });
    EXPECT_NEAR(static_cast<double>(early), static_cast<double>(some.torture.size()) / 2, 2.0);
}

TEST(Sweep, WhatIsLeftOutIsNoChance) {
    std::string text;
    for (int i = 0; text.size() < 20'000'000; ++i) text += statistics(i);
    const auto lines_of = [&] {
        std::vector<std::uint64_t> lines;
        for (const TortureSample& sample : scan_log(text).torture) lines.push_back(sample.line);
        return lines;
    };
    const auto first = lines_of();
    for (int again = 0; again < 3; ++again) EXPECT_EQ(lines_of(), first);
}

TEST(Sweep, ShortTestsInALargeLogAreKeptWhole) {
    std::string text;
    const std::string chatter = "[    1.000000] eth0: link becomes ready\n";
    while (text.size() < 40'000'000) text += chatter;
    std::string test;
    for (int i = 0; i < 100; ++i) test += statistics(i);
    EXPECT_EQ(scan_log(text.substr(0, text.size() / 2) + test + text).torture.size(), 100U);
}

}  // namespace
}  // namespace stallsight
