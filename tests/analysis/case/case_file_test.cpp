#include "analysis/case/case_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <random>
#include <thread>

#include "analysis/case/anchor.h"
#include "analysis/case/changes.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

Artifact log(const std::string& path, const std::string& text) {
    Artifact artifact;
    artifact.path = path;
    artifact.kind = ArtifactKind::kernel_log;
    artifact.bytes = Bytes::own(text);
    return artifact;
}

Analysis log_of(const std::string& text, const std::string& path = "kern.log") {
    Bundle bundle;
    bundle.name = "case";
    bundle.artifacts.push_back(log(path, text));
    return analyse_bundle(std::move(bundle));
}

const std::string two_lines = "[    1.000000] one\n[    2.000000] two\n";

Note note_on_line(const Analysis& analysis, std::uint64_t line, const std::string& text) {
    Note note;
    note.target = line_target(analysis, "kern.log", line).value();
    note.text = text;
    return note;
}

CaseFile case_in(const TemporaryFolder& folder) {
    CaseFile file;
    file.path = (folder.path() / "case.json").string();
    return file;
}

std::string add(CaseFile& file, Note note) {
    Change change{std::nullopt, std::move(note)};
    EXPECT_TRUE(apply(file, change));
    return change.after->id;
}

TEST(CaseFile, ComesBackAsItWasWritten) {
    const TemporaryFolder folder;
    const Analysis analysis = log_of(two_lines);
    CaseFile file = case_in(folder);
    Note note = note_on_line(analysis, 2, "here \xe2\x9c\x8e *it* is");
    note.tags = {"network", "ask-vendor"};
    note.colour = "red";
    EXPECT_EQ(add(file, note), "n1");
    const auto loaded = load_case(file.path);
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->notes.size(), 1U);
    note.id = "n1";
    EXPECT_EQ(loaded->notes[0], note);
    EXPECT_EQ(note.target.line_text, "[    2.000000] two");
    EXPECT_EQ(note.target.offset, 19U);
    EXPECT_EQ(note.target.offset_last, 38U);
    EXPECT_EQ(locate(loaded->notes[0], analysis)->line, 2U);
}

TEST(CaseFile, ANoteOnAChangedLineIsDetachedNotDropped) {
    const Note note = note_on_line(log_of(two_lines), 1, "x");
    EXPECT_FALSE(locate(note, log_of("[    1.000000] other\n[    2.000000] two\n")));
}

TEST(CaseFile, ANoteSurvivesAMovedAndAGrownLog) {
    const Note note = note_on_line(log_of(two_lines), 2, "x");
    EXPECT_EQ(locate(note, log_of(two_lines, "elsewhere/dmesg"))->line, 2U) << "by its SHA-256";
    EXPECT_EQ(locate(note, log_of("[    0.000000] zero\n" + two_lines))->line, 3U) << "by its text";
    EXPECT_FALSE(locate(note, log_of("[    0.000000] zero\n" + two_lines + "[    2.000000] two\n")))
        << "which of the two is not known";
    EXPECT_FALSE(locate(note, log_of("[    0.000000] zero\n" + two_lines, "elsewhere/dmesg"))) << "another log";
}

TEST(CaseFile, FilesAndTimesHaveNotesToo) {
    const Analysis analysis = log_of(two_lines);
    Note whole;
    whole.target = artifact_target(analysis, "kern.log").value();
    Note time;
    time.target = time_target(analysis, "kern.log", 2.5, 1).value();
    EXPECT_EQ(place_words(time.target), "kern.log 1 s to 2.5 s");
    EXPECT_TRUE(locate(whole, analysis));
    EXPECT_TRUE(locate(time, analysis));
    EXPECT_FALSE(locate(whole, log_of("[    1.000000] other\n"))) << "the file has changed";
    EXPECT_FALSE(artifact_target(analysis, "none"));
    EXPECT_THAT(line_target(analysis, "kern.log", 3).error().text(), HasSubstr("line 3: has 2 lines"));
}

TEST(CaseFile, KeepsWhatANewerVersionWrote) {
    const TemporaryFolder folder;
    CaseFile file;
    file.path = folder.file("case.json",
                            R"({"schema":"stallsight.case/2","bundle":"b","views":[1],"notes":[
          {"id":"n7","target":"galaxy","colour":5,"weight":3,"text":"t","decision":"maybe"}]})");
    EXPECT_EQ(add(file, note_on_line(log_of(two_lines), 1, "x")), "n8");
    const std::string text = test::slurp(file.path);
    for (const char* kept : {"\"views\"", "\"galaxy\"", "\"colour\": 5", "\"weight\": 3", "\"maybe\""})
        EXPECT_THAT(text, HasSubstr(kept));
}

TEST(CaseFile, ReadsNotesOfTheFirstVersion) {
    const TemporaryFolder folder;
    const auto file = load_case(
        folder.file("case.json",
                    R"({"schema":"stallsight.case/1","notes":[{"id":"n1","line":4,"on_event":true,"text":"t"}]})"));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->notes[0].target.kind, Target::Kind::event);
    EXPECT_EQ(file->notes[0].target.line_last, 4U);
}

TEST(CaseFile, WhatIsNotACaseIsLeftAlone) {
    const TemporaryFolder folder;
    for (const char* text : {"not json", "[]", "{\"schema\":\"other/1\"}"}) {
        CaseFile file;
        file.path = folder.file("case.json", text);
        EXPECT_FALSE(load_case(file.path));
        Change change{std::nullopt, Note{}};
        EXPECT_FALSE(apply(file, change));
        EXPECT_EQ(test::slurp(file.path), text);
    }
    EXPECT_TRUE(load_case((folder.path() / "none.json").string())->notes.empty());
}

TEST(CaseFile, WritingWhereNothingCanBeWrittenIsAnError) {
    CaseFile file;
    file.path = "/no/such/folder/case.json";
    Change change{std::nullopt, Note{}};
    const auto written = apply(file, change);
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().text(), HasSubstr("/no/such/folder"));
}

TEST(CaseChanges, AreUndoneAndDoneAgain) {
    const TemporaryFolder folder;
    const Analysis analysis = log_of(two_lines);
    CaseFile file = case_in(folder);
    History history;
    ASSERT_TRUE(history.apply(file, {std::nullopt, note_on_line(analysis, 1, "first")}));
    Note other = *file.note("n1");
    other.text = "second";
    ASSERT_TRUE(history.apply(file, {*file.note("n1"), other}));
    ASSERT_TRUE(history.apply(file, {other, std::nullopt}));
    const auto texts = [&] {
        std::string out;
        const CaseFile now = load_case(file.path).value();
        for (const Note& note : now.notes) out += note.id + ":" + note.text + " ";
        return out;
    };
    EXPECT_EQ(texts(), "");
    ASSERT_TRUE(history.undo(file));
    EXPECT_EQ(texts(), "n1:second ");
    ASSERT_TRUE(history.undo(file));
    EXPECT_EQ(texts(), "n1:first ");
    ASSERT_TRUE(history.undo(file));
    EXPECT_EQ(texts(), "");
    EXPECT_FALSE(history.can_undo());
    ASSERT_TRUE(history.redo(file));
    ASSERT_TRUE(history.redo(file));
    EXPECT_EQ(texts(), "n1:second ");
    EXPECT_TRUE(history.can_redo());
}

TEST(CaseChanges, WhatIsTypedIsOneStep) {
    const TemporaryFolder folder;
    CaseFile file = case_in(folder);
    History history;
    ASSERT_TRUE(history.apply(file, {std::nullopt, note_on_line(log_of(two_lines), 1, "a ")}));
    for (const char* text : {"a mutex ", "a mutex in ", "a mutex in atomic context"}) {
        Note typed = file.notes.front();
        typed.text = text;
        ASSERT_TRUE(history.apply(file, {file.notes.front(), typed}, true));
    }
    EXPECT_EQ(load_case(file.path)->notes.front().text, "a mutex in atomic context");
    ASSERT_TRUE(history.undo(file));
    EXPECT_TRUE(load_case(file.path)->notes.empty());
    ASSERT_TRUE(history.redo(file));
    EXPECT_EQ(load_case(file.path)->notes.front().text, "a mutex in atomic context");
}

TEST(CaseChanges, TwoWindowsDoNotOverwriteEachOther) {
    const TemporaryFolder folder;
    const Analysis analysis = log_of(two_lines);
    CaseFile one = case_in(folder);
    CaseFile two = one;
    add(one, note_on_line(analysis, 1, "of one"));
    add(two, note_on_line(analysis, 2, "of two"));
    EXPECT_EQ(two.notes.size(), 2U) << "it takes up what the other wrote";

    // Both edit n1: both versions stay.
    Change mine{*two.note("n1"), *two.note("n1")};
    mine.after->text = "two's version";
    ASSERT_TRUE(apply(two, mine));
    Change yours{one.notes.front(), one.notes.front()};
    yours.after->text = "one's version";
    ASSERT_TRUE(apply(one, yours));
    EXPECT_EQ(yours.after->id, "n3");
    EXPECT_EQ(one.note("n1")->text, "two's version");
    EXPECT_EQ(one.note("n3")->text, "one's version");

    // A note that the other one has changed is not removed unseen.
    Change removal{Note{note_on_line(analysis, 1, "of one")}, std::nullopt};
    removal.before->id = "n1";
    EXPECT_FALSE(apply(one, removal));
    EXPECT_EQ(load_case(one.path)->notes.size(), 3U);
}

TEST(CaseChanges, ManyWritersAtOnceLoseNothing) {
    const TemporaryFolder folder;
    const Analysis analysis = log_of(two_lines);
    const CaseFile empty = case_in(folder);
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([&] {
            CaseFile file = empty;
            for (int i = 0; i < 25; ++i) add(file, note_on_line(analysis, 1, "x"));
        });
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(load_case(empty.path)->notes.size(), 100U);
}

// Writes notes "0", "1", ... and tells each that is finished through the pipe, until it is killed.
[[noreturn]] void write_notes_until_killed(const CaseFile& empty, const Note& pattern, int told) {
    CaseFile file = empty;
    for (int i = 0;; ++i) {
        Note note = pattern;
        note.text = std::to_string(i);
        Change change{std::nullopt, std::move(note)};
        if (!apply(file, change) || ::write(told, &i, sizeof i) != sizeof i) ::_exit(1);
    }
}

TEST(CaseChanges, AKilledProgramLosesNoFinishedNote) {
    const Note pattern = note_on_line(log_of(two_lines), 1, "");
    std::mt19937 random(7);
    std::uniform_int_distribution<int> microseconds(0, 60'000);
    std::size_t finished_in_all = 0;
    for (int moment = 0; moment < 200; ++moment) {
        const TemporaryFolder folder;
        const CaseFile empty = case_in(folder);
        std::array<int, 2> told{};
        ASSERT_EQ(::pipe(told.data()), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) write_notes_until_killed(empty, pattern, told[1]);
        ::close(told[1]);
        ::usleep(static_cast<useconds_t>(microseconds(random)));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        int finished = 0;
        for (int i = 0; ::read(told[0], &i, sizeof i) == sizeof i;) finished = i + 1;
        ::close(told[0]);

        const auto file = load_case(empty.path);
        ASSERT_TRUE(file) << file.error().text();
        const auto found = static_cast<int>(file->notes.size());
        EXPECT_TRUE(found == finished || found == finished + 1) << found << " of " << finished;
        for (int i = 0; i < found; ++i) EXPECT_EQ(file->notes[static_cast<std::size_t>(i)].text, std::to_string(i));
        CaseFile next = *file;
        add(next, pattern);  // what the killed one left behind is in nobody's way
        finished_in_all += static_cast<std::size_t>(finished);
    }
    EXPECT_GT(finished_in_all, 50U) << "the program was killed before it could do anything";
}

}  // namespace
}  // namespace stallsight
