#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/sample.h"
#include "tests/support/process.h"

namespace stallsight::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

TEST(Analyze, SaysWhatHappened) {
    const Outcome run = stallsight("analyze " + quoted(sample));
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(run.out,
                StartsWith("■ clock_hwa_app (pid 5079, nt-a core-0, CPU 1) slept in mutex_lock with bottom "
                           "halves off since __dev_queue_xmit. nokia_rpmsg_notify [rpmsg_platform_driver] "
                           "took the mutex.\n"));
    EXPECT_THAT(run.out, HasSubstr("4 h 14 min 28 s"));
    EXPECT_THAT(run.out, Not(HasSubstr("\x1b["))) << "colour in a pipe";
    EXPECT_TRUE(run.err.empty()) << run.err;
}

TEST(Analyze, SaysThatALogCouldNotBeWrittenAnew) {
    const TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "\x1b[32m[    1.000000] \x1b[0musb 1-1: new device\n";
    const std::string log = folder.file("kern.log", text);
    const auto missing = quoted((folder.path() / "missing").string());
    const Outcome run = stallsight("analyze " + quoted(log), "TMPDIR=" + missing);
    EXPECT_THAT(run.err, HasSubstr("missing: cannot make a temporary file: No such file or directory"));
    EXPECT_THAT(run.out, StartsWith("■ 1 log could not be read."));
}

TEST(Analyze, ColoursWhenAsked) {
    EXPECT_THAT(stallsight("analyze --color always " + quoted(sample)).out, HasSubstr("\x1b["));
}

TEST(Analyze, OptionsMayStandBeforeTheBundle) {
    const TemporaryFolder folder;
    EXPECT_EQ(stallsight("analyze --debug-dir " + quoted(folder.path()) + " --source-dir " + quoted(folder.path()) +
                         " " + quoted(sample))
                  .status,
              0);
}

TEST(Analyze, JsonIsTheSameBytesTwice) {
    const Outcome first = stallsight("analyze --json " + quoted(sample));
    EXPECT_EQ(first.status, 0);
    EXPECT_EQ(first.out, stallsight("analyze --json " + quoted(sample)).out);
    EXPECT_THAT(first.out, Not(HasSubstr(STALLSIGHT_SOURCE_DIR))) << "an absolute path";
}

// After a wanted change: build/release/bin/stallsight analyze --json sample-logs/fant-h-cold-standby
//                        > tests/data/fant-h-cold-standby.json
// and read the difference.
TEST(Analyze, JsonOfTheSampleIsTheGoldenOne) {
    const Outcome run = stallsight("analyze --json " + quoted(sample));
    EXPECT_EQ(run.out, slurp(STALLSIGHT_SOURCE_DIR "/tests/data/fant-h-cold-standby.json"));
}

TEST(Analyze, FailOnFindsItsKind) {
    EXPECT_EQ(stallsight("analyze --fail-on rcu_stall " + quoted(sample)).status, 1);
    EXPECT_EQ(stallsight("analyze --fail-on kasan,oops " + quoted(sample)).status, 0);
}

TEST(BadInput, AMissingFile) {
    const Outcome run = stallsight("analyze /no/such/bundle");
    EXPECT_EQ(run.status, 3);
    EXPECT_EQ(run.err, "stallsight: /no/such/bundle: No such file or directory\n");
}

TEST(BadInput, AnUnreadableFile) {
    if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
    const TemporaryFolder folder;
    const std::string log = folder.file("a.log", "[    1.000000] x\n");
    ::chmod(log.c_str(), 0);
    const Outcome run = stallsight("analyze " + quoted(log));
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("Permission denied"));
}

TEST(BadInput, AnEmptyFolder) {
    const TemporaryFolder folder;
    const Outcome run = stallsight("analyze " + quoted(folder.path().string()));
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr(": empty folder\n"));
}

TEST(BadInput, ATruncatedArchiveStillShowsWhatIsThere) {
    const TemporaryFolder folder;
    const std::string archive = (folder.path() / "case.tar.gz").string();
    ASSERT_EQ(std::system(
                  ("cd " + quoted(sample) + " && tar --sort=name -czf " + quoted(archive) + " nt-a nt-b").c_str()),
              0);
    std::filesystem::resize_file(archive, std::filesystem::file_size(archive) * 3 / 5);
    const Outcome run = stallsight("analyze " + quoted(archive));
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("case.tar.gz"));
    EXPECT_THAT(run.out, HasSubstr("rcutorture"));
}

TEST(BadInput, ABinaryThatIsNoLog) {
    const TemporaryFolder folder;
    const std::string binary = folder.file("firmware.bin", std::string(5000, '\1'));
    const Outcome run = stallsight("analyze " + quoted(binary));
    EXPECT_EQ(run.status, 0);
    EXPECT_THAT(run.out, HasSubstr("No kernel log"));
    EXPECT_THAT(run.out, HasSubstr("firmware.bin"));
}

TEST(BadInput, ALogWithoutAReport) {
    const TemporaryFolder folder;
    const Outcome run = stallsight("analyze " + quoted(folder.file("ok.log", "[    1.000000] all is well\n")));
    EXPECT_EQ(run.status, 0);
    EXPECT_THAT(run.out, HasSubstr("No kernel report in 1 log."));
}

TEST(BadInput, AWrongOptionIsUsage) {
    EXPECT_EQ(stallsight("analyze --no-such-option x").status, 2);
    EXPECT_EQ(stallsight("report " + quoted(sample) + " -o out.docx").status, 2);
}

TEST(BadInput, ControlCharactersOfALogDoNotReachTheTerminal) {
    const TemporaryFolder folder;
    const std::string log =
        folder.file("evil.log", "[    1.000000] WARNING: CPU: 0 PID: 1 at a.c:1 evil\x1b]0;owned\x07+0x1/0x2\n");
    EXPECT_THAT(stallsight("analyze " + quoted(log)).out, Not(HasSubstr("\x1b")));
}

TEST(Note, IsKeptAndAppearsInTheReport) {
    const TemporaryFolder folder;
    const std::string file = quoted((folder.path() / "case.json").string());
    const std::string out = (folder.path() / "report.html").string();
    const std::string on = "note " + quoted(sample) + " --case " + file;
    EXPECT_EQ(stallsight(on + " --at nt-a/core-0/kern.log:38 'the mutex, here'").status, 0);
    EXPECT_EQ(stallsight(on + " --event e1 'this is the cause'").status, 0);
    const Outcome list = stallsight(on);
    EXPECT_THAT(list.out, HasSubstr("n1  nt-a/core-0/kern.log:38  the mutex, here"));
    EXPECT_THAT(list.out, HasSubstr("(event)  this is the cause"));
    EXPECT_THAT(list.out, HasSubstr("(remark in the log)"));
    EXPECT_EQ(stallsight("report " + quoted(sample) + " --case " + file + " -o " + quoted(out)).status, 0);
    EXPECT_THAT(slurp(out), HasSubstr("the mutex, here"));
    EXPECT_THAT(slurp(out), HasSubstr("✎ this is the cause"));
    EXPECT_EQ(stallsight(on + " --remove n1").status, 0);
    EXPECT_THAT(stallsight(on).out, Not(HasSubstr("the mutex, here")));
}

TEST(Note, TagsMarksDecisionsAndEveryPlace) {
    const TemporaryFolder folder;
    const std::string on = "note " + quoted(sample) + " --case " + quoted((folder.path() / "case.json").string());
    EXPECT_EQ(stallsight(on + " --at nt-a/core-0/kern.log:38-41 --tag network --tag rpmsg --colour red").status, 0);
    EXPECT_EQ(stallsight(on + " --at nt-a/core-0/kern.log --time 50494-50495 'the second'").status, 0);
    EXPECT_EQ(stallsight(on + " --at nt-a/core-0/kern.log 'the whole log'").status, 0);
    EXPECT_EQ(stallsight(on + " --episode e3 'the stall'").status, 0);
    EXPECT_EQ(stallsight(on + " --frame e1:6 --guilty").status, 0);
    EXPECT_EQ(stallsight(on + " --event e3 --no-problem 'a test board'").status, 0);
    EXPECT_EQ(stallsight(on + " --edit n2 'these seconds'").status, 0);
    const std::string list = stallsight(on).out;
    EXPECT_THAT(list, HasSubstr("n1  nt-a/core-0/kern.log:38-41  (red)  #network  #rpmsg\n"));
    EXPECT_THAT(list, HasSubstr("n2  nt-a/core-0/kern.log 50494 s to 50495 s  these seconds\n"));
    EXPECT_THAT(list, HasSubstr("n3  nt-a/core-0/kern.log  the whole log\n"));
    EXPECT_THAT(list, HasSubstr("(episode)  the stall\n"));
    EXPECT_THAT(list, HasSubstr("(frame)  guilty\n"));
    EXPECT_THAT(list, HasSubstr("(event)  not a problem here  a test board\n"));
    EXPECT_EQ(stallsight(on + " --event e1 --guilty").status, 2);
    EXPECT_EQ(stallsight(on + " 'nowhere'").status, 2);
    EXPECT_EQ(stallsight(on + " --event e99 x").status, 2);
}

TEST(Note, OnALineThatIsNotThereIsRefused) {
    const TemporaryFolder folder;
    const Outcome run = stallsight("note " + quoted(sample) + " --case " + quoted((folder.path() / "c").string()) +
                                   " --at nt-a/core-0/kern.log:9999 x");
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.err, HasSubstr("line 9999"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "c"));
}

TEST(Compare, SaysWhatVanishedStayedAndIsNew) {
    const TemporaryFolder folder;
    const std::string before = quoted(sample + "/nt-a");
    const std::string after = quoted(sample + "/nt-b");
    const Outcome run = stallsight("compare --json " + before + " " + after);
    EXPECT_EQ(run.status, 0);
    const Json json = Json::parse(run.out);
    EXPECT_EQ(json["schema"], "stallsight.comparison/1");
    std::map<std::string, std::string> verdicts;
    for (const Json& row : json["signatures"]) verdicts[row["kind"]] = row["verdict"];
    EXPECT_EQ(verdicts["atomic_sleep"], "not_shown");
    EXPECT_EQ(verdicts["rcu_stall"], "new");
    const Json same = Json::parse(stallsight("compare --json " + before + " " + before).out);
    for (const Json& row : same["signatures"]) EXPECT_EQ(row["verdict"], "unchanged");
}

TEST(Compare, ExitStatusAndJUnitAreForCi) {
    const TemporaryFolder folder;
    const std::string junit = (folder.path() / "junit.xml").string();
    const std::string runs = quoted(sample + "/nt-a") + " " + quoted(sample + "/nt-b");
    EXPECT_EQ(stallsight("compare " + runs).status, 0);
    EXPECT_EQ(stallsight("compare --fail-on worse " + runs).status, 0);
    EXPECT_EQ(stallsight("compare --fail-on new,worse --junit " + quoted(junit) + " " + runs).status, 1);
    EXPECT_THAT(slurp(junit), HasSubstr("<failure type=\"new\""));
    EXPECT_EQ(stallsight("compare --fail-on not-cured " + runs).status, 1);
    const std::string same = quoted(sample) + " " + quoted(sample);
    EXPECT_EQ(stallsight("compare --fail-on new,worse " + same).status, 0);
    EXPECT_EQ(stallsight("compare --fail-on older " + same).status, 2);
    EXPECT_EQ(stallsight("compare " + quoted(sample)).status, 2);
}

TEST(Compare, TakesAPatchThatIsNotInTheBundle) {
    const std::string patch = quoted(sample + "/patch/rpmsg_platform_driver.diff");
    const std::string side = quoted(sample + "/nt-a");
    const Outcome run = stallsight("compare " + side + " " + side + " --patch " + patch);
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("runs through patched nokia_rpmsg_notify()"));
    EXPECT_EQ(stallsight("compare " + side + " " + side + " --patch /no/such.diff").status, 3);
    const Outcome more = stallsight("compare " + side + " " + side + " --after " + side + " --after " + side);
    EXPECT_THAT(more.out, HasSubstr("after   nt-a, nt-a and nt-a: logs cover 8 min 59 s"));
}

TEST(Timeline, IsAPicture) {
    const Outcome run = stallsight("timeline " + quoted(sample) + " -o -");
    EXPECT_EQ(run.status, 0);
    EXPECT_THAT(run.out, StartsWith("<svg"));
    EXPECT_THAT(run.out, HasSubstr("4 h 14 min 28 s"));
}

}  // namespace
}  // namespace stallsight::test
