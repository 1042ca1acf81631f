#include "analysis/compare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "analysis/compare/output.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Artifact artifact_of(const std::string& path, ArtifactKind kind, const std::string& text) {
    Artifact artifact;
    artifact.path = path;
    artifact.kind = kind;
    artifact.bytes = Bytes::own(text);
    return artifact;
}

Analysis analysis_of(std::vector<Artifact> artifacts) {
    Bundle bundle;
    bundle.name = "run";
    bundle.artifacts = std::move(artifacts);
    return analyse_bundle(std::move(bundle));
}

Analysis log_of(const std::string& text) {
    return analysis_of({artifact_of("kern.log", ArtifactKind::kernel_log, text)});
}

std::string stamp(double seconds) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "[%12.6f] ", seconds);
    return out.data();
}

// A warning in `function`, called by the others, every `every_s` from 1 s on.
std::string warnings(const std::string& function, int n, double every_s,
                     const std::string& callers = "foo_poll bar_rx net_rx_action") {
    std::string out;
    for (int i = 0; i < n; ++i) {
        const std::string at = stamp(1 + i * every_s);
        out += at + "------------[ cut here ]------------\n";
        out += at + "WARNING: CPU: 0 PID: 7 at drivers/net/foo.c:12 " + function + "+0x10/0x20 [foo]\n";
        out += at + "CPU: 0 PID: 7 Comm: foo Not tainted 6.1.0 #1\n" + at + "Call Trace:\n";
        std::istringstream names(callers);
        for (std::string name; names >> name;)
            out += at + " " + name + "+0x1" + std::to_string(i % 8) + "/0x40 [foo]\n";
        out += at + "---[ end trace 0000000000000000 ]---\n";
    }
    return out;
}

std::string quiet_until(double seconds) {
    return stamp(0) + "Linux version 6.1.0\n" + stamp(seconds) + "still here\n";
}

const SignatureComparison& row_of(const Comparison& comparison, const std::string& function) {
    for (const SignatureComparison& row : comparison.signatures)
        if (row.function == function) return row;
    throw std::out_of_range(function);
}

TEST(Compare, GoneIsCuredOnlyWhenTheExposureSaysSo) {
    const Analysis before = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 4, 10) + stamp(7200) + "end\n");
    const Analysis shortly = log_of(quiet_until(7200));
    const Analysis long_enough = log_of(quiet_until(6 * 3600));

    const Comparison not_yet = compare({{&before}, {&shortly}});
    const SignatureComparison& row = row_of(not_yet, "foo_tx");
    EXPECT_EQ(row.verdict, Verdict::not_shown);
    EXPECT_NEAR(row.ratio->p, 0.125, 1e-9);
    // 2 * (2 h / (2 h + t))^4 = 0.05 at t = 3.03 h, of which 2 h have passed.
    EXPECT_NEAR(*row.hours_needed, 1.0297, 1e-3);
    EXPECT_THAT(row.sentence, HasSubstr("0 in 2 h; at the old rate 4 expected; ratio 0 (0 to 1.51); p = 0.12; "
                                        "needs 1 h 1 min"));

    const Comparison shown = compare({{&before}, {&long_enough}});
    EXPECT_EQ(row_of(shown, "foo_tx").verdict, Verdict::cured);
    EXPECT_THAT(shown.verdict, HasSubstr("1 signature: 1 cured and nothing new"));
}

TEST(Compare, ManySignaturesNeedMoreThanOne) {
    const std::string start = stamp(0) + "boot\n";
    const std::string end = stamp(7200) + "end\n";
    const Analysis one = log_of(start + warnings("foo_tx", 5, 10) + end);
    const Analysis two = log_of(start + warnings("foo_tx", 5, 10) + warnings("foo_rx", 5, 11) + end);
    const Analysis after = log_of(quiet_until(2.5 * 3600));
    const Comparison alone = compare({{&one}, {&after}});
    const Comparison together = compare({{&two}, {&after}});
    EXPECT_LE(*row_of(alone, "foo_tx").p_adjusted, error_level);
    EXPECT_DOUBLE_EQ(*row_of(together, "foo_tx").p_adjusted, 2 * *row_of(alone, "foo_tx").p_adjusted);
    EXPECT_EQ(row_of(together, "foo_tx").verdict, Verdict::not_shown);
}

TEST(Compare, SaysBetterWorseUnchangedAndNew) {
    const std::string start = stamp(0) + "boot\n";
    const std::string end = stamp(3600) + "end\n";
    const Analysis before = log_of(start + warnings("foo_tx", 40, 10) + warnings("foo_rx", 5, 10) + end);
    const Analysis after = log_of(start + warnings("foo_tx", 5, 10) + warnings("foo_rx", 40, 10) +
                                  warnings("foo_new", 1, 1, "one two three four") + end);
    const Comparison comparison = compare({{&before}, {&after}});
    EXPECT_EQ(row_of(comparison, "foo_tx").verdict, Verdict::better);
    EXPECT_EQ(row_of(comparison, "foo_rx").verdict, Verdict::worse);
    EXPECT_EQ(row_of(comparison, "foo_new").verdict, Verdict::fresh);
    EXPECT_THAT(row_of(comparison, "foo_new").sentence, HasSubstr("none in 1 h before, 1 in 1 h; p = 1"));
    for (const SignatureComparison& row : compare({{&before}, {&before}}).signatures)
        EXPECT_EQ(row.verdict, Verdict::unchanged) << row.title;
}

TEST(Compare, WithoutExposureNothingIsCured) {
    const Analysis before = log_of("WARNING: CPU: 0 PID: 7 at drivers/net/foo.c:12 foo_tx+0x10/0x20 [foo]\n");
    const Analysis after = log_of("all is well\n");
    const Comparison comparison = compare({{&before}, {&after}});
    const SignatureComparison& row = row_of(comparison, "foo_tx");
    EXPECT_EQ(row.verdict, Verdict::not_shown);
    EXPECT_FALSE(row.ratio);
    EXPECT_FALSE(row.hours_needed);
    EXPECT_THAT(row.sentence, HasSubstr("no rate"));
}

TEST(Compare, TwoLogsOfOneCoreCountOnce) {
    const std::string text = stamp(0) + "boot\n" + warnings("foo_tx", 3, 10) + stamp(100) + "end\n";
    const Analysis once = log_of(text);
    const Analysis twice = analysis_of({artifact_of("console.log", ArtifactKind::kernel_log, text),
                                        artifact_of("dmesg.txt", ArtifactKind::kernel_log, text)});
    const Comparison comparison = compare({{&once}, {&twice}});
    EXPECT_DOUBLE_EQ(comparison.after().exposure_s, 100);
    const SignatureComparison& row = row_of(comparison, "foo_tx");
    EXPECT_EQ(row.after().count, 3U);
    EXPECT_EQ(row.after().occurrences, 3U);
    EXPECT_DOUBLE_EQ(*row.ratio->value, 1);
}

TEST(Compare, RunsOfOneSideAddUp) {
    const Analysis before = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 4, 10) + stamp(7200) + "end\n");
    const Analysis after = log_of(quiet_until(2 * 3600));
    const Comparison comparison = compare({{&before}, {&after, &after, &after}});
    EXPECT_DOUBLE_EQ(comparison.after().exposure_s, 6 * 3600);
    EXPECT_EQ(row_of(comparison, "foo_tx").verdict, Verdict::cured);
}

TEST(Compare, ABootInTheMiddleOfALogIsNotTimeThatPassed) {
    const Analysis run = log_of(quiet_until(1000) + quiet_until(50));
    EXPECT_DOUBLE_EQ(compare({{&run}, {&run}}).before().exposure_s, 1050);
}

TEST(Compare, ASeriesShowsEveryBuild) {
    const std::string end = stamp(3600) + "end\n";
    const Analysis a = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 30, 10) + end);
    const Analysis b = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 9, 10) + end);
    const Analysis c = log_of(quiet_until(3600));
    const Comparison comparison = compare({{&a}, {&b}, {&c}});
    const SignatureComparison& row = row_of(comparison, "foo_tx");
    ASSERT_EQ(row.sides.size(), 3U);
    EXPECT_EQ(row.sides[1].count, 9U);
    EXPECT_EQ(row.verdict, Verdict::cured);
}

TEST(Compare, ASignatureInOtherClothesIsNear) {
    const std::string end = stamp(3600) + "end\n";
    const Analysis before = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 3, 10, "a b c d e") + end);
    const Analysis after = log_of(stamp(0) + "boot\n" + warnings("foo_send", 3, 10, "a b x d e") +
                                  warnings("foo_far", 3, 9, "p q r s t") + end);
    const Comparison comparison = compare({{&before}, {&after}});
    const SignatureComparison& gone = row_of(comparison, "foo_tx");
    ASSERT_EQ(gone.near.size(), 1U);
    EXPECT_EQ(comparison.signatures[gone.near[0].signature].function, "foo_send");
    EXPECT_DOUBLE_EQ(gone.near[0].distance, 0.2);
    EXPECT_THAT(gone.near[0].only_here, ElementsAre("c"));
    EXPECT_THAT(gone.near[0].only_there, ElementsAre("x"));
    EXPECT_THAT(row_of(comparison, "foo_far").near, IsEmpty());
}

TEST(Compare, ThePatchIsTiedToTheStacks) {
    const std::string patch =
        "--- a/drivers/net/foo.c\n+++ b/drivers/net/foo.c\n"
        "@@ -10,3 +10,3 @@ static int foo_poll(struct napi_struct *n)\n \tone\n-\ttwo\n+\tthree\n"
        "@@ -90,3 +90,3 @@ static int foo_unused(void)\n \tone\n-\ttwo\n+\tthree\n";
    const Analysis before =
        analysis_of({artifact_of("kern.log", ArtifactKind::kernel_log,
                                 stamp(0) + "boot\n" + warnings("foo_tx", 5, 10, "foo_poll.isra.0 net_rx") +
                                     stamp(3600) + "end\n"),
                     artifact_of("p.diff", ArtifactKind::patch, patch)});
    const Analysis after = analysis_of({artifact_of("kern.log", ArtifactKind::kernel_log, quiet_until(6 * 3600)),
                                        artifact_of("p.diff", ArtifactKind::patch, patch)});
    const Comparison comparison = compare({{&before}, {&after}});
    ASSERT_EQ(comparison.patched.size(), 2U);
    EXPECT_EQ(comparison.patched[0].function, "foo_poll");
    EXPECT_EQ(comparison.patched[0].hunks, 1U) << "both bundles hold the same hunk";
    EXPECT_THAT(comparison.patched[0].reports, ElementsAre(5, 0));
    EXPECT_THAT(comparison.patched[1].reports, ElementsAre(0, 0));
    EXPECT_THAT(row_of(comparison, "foo_tx").patched, ElementsAre(0));
    EXPECT_THAT(comparison.verdict, HasSubstr("never seen in a report: foo_unused"));
}

TEST(Compare, RcutortureSideBySide) {
    const auto run = [](int grace_periods_a_minute, bool fails) {
        std::string out;
        for (int i = 0; i < 12; ++i) {
            const std::string at = stamp(60.0 * i);
            out += at + "rcu-torture: rtc: 00000000e312d68d " + ("ver: ") +
                   std::to_string(1000 + i * grace_periods_a_minute + i % 3) +
                   " tfle: 0 rta: 1 rtaf: 0 rtf: 1 rtmbe: " + (fails && i > 5 ? "1" : "0") + " rtbe: 0\n";
            out += at +
                   "rcu_torture_fwd_cb_hist: Callback-invocation histogram (duration 72 jiffies): 1s/10: 300:11 " +
                   "2s/10: " + std::to_string(100 + i) + ":1\n";
        }
        return log_of(out);
    };
    const Analysis before = run(3600, false);
    const Analysis after = run(2400, true);
    const Comparison worse = compare({{&before}, {&after}});
    EXPECT_NEAR(*worse.before().torture.versions_per_s, 60, 0.01);
    EXPECT_NEAR(*worse.after().torture.versions_per_s, 40, 0.01);
    EXPECT_EQ(worse.after().torture.failures, 6U);
    EXPECT_THAT(worse.torture.sentence, HasSubstr("0 failures in 12 samples before, 6 in 12 after"));
    EXPECT_THAT(worse.torture.sentence, HasSubstr("from 60.0"));
    EXPECT_THAT(worse.torture.sentence, Not(HasSubstr("latency"))) << "it is the same on both sides";
    // 300 callbacks in the first tenth of a second, 100 in the second.
    EXPECT_NEAR(worse.before().torture.values.at("callback_latency")[0], 0.125, 1e-9);
}

TEST(Compare, JUnitHasACaseForEachSignatureAndStaysXml) {
    const Analysis before = log_of(stamp(0) + "boot\n" + warnings("foo_tx", 3, 10) + stamp(100) + "end\n");
    const Analysis after = log_of(stamp(0) + "boot\n" + warnings("foo<script>&", 3, 10) + warnings("foo_tx", 2, 9) +
                                  stamp(100) + "end\n");
    const Comparison comparison = compare({{&before}, {&after}});
    const std::string xml =
        to_junit(comparison, [](const SignatureComparison& row) { return row.verdict == Verdict::fresh; });
    EXPECT_THAT(xml, HasSubstr("tests=\"" + std::to_string(comparison.signatures.size()) + "\" failures=\"1\""));
    EXPECT_THAT(xml, HasSubstr("<failure type=\"new\""));
    EXPECT_THAT(xml, Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace stallsight
