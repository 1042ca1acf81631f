#include "analysis/case_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace stallsight {
namespace {

using test::TemporaryFolder;

Analysis log_of(const std::string& text) {
    Bundle bundle;
    bundle.name = "case";
    Artifact artifact;
    artifact.path = "kern.log";
    artifact.kind = ArtifactKind::kernel_log;
    artifact.bytes = Bytes::own(text);
    bundle.artifacts.push_back(artifact);
    return analyse_bundle(std::move(bundle));
}

TEST(CaseFile, ComesBackAsItWasSaved) {
    const TemporaryFolder folder;
    const Analysis analysis = log_of("[    1.000000] one\n[    2.000000] two\n");
    CaseFile file;
    file.path = (folder.path() / "case.json").string();
    ASSERT_EQ(add_note(file, analysis, "kern.log", 2, false, "here \xe2\x9c\x8e it is").value(), "n1");
    ASSERT_TRUE(save_case(file));
    const auto loaded = load_case(file.path);
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->notes.size(), 1U);
    EXPECT_EQ(loaded->notes[0].text, "here \xe2\x9c\x8e it is");
    EXPECT_EQ(loaded->notes[0].line_text, "[    2.000000] two");
    EXPECT_TRUE(is_attached(loaded->notes[0], analysis));
}

TEST(CaseFile, ANoteOnAChangedLineIsDetachedNotDropped) {
    CaseFile file;
    ASSERT_TRUE(add_note(file, log_of("[    1.000000] one\n"), "kern.log", 1, false, "x"));
    EXPECT_FALSE(is_attached(file.notes[0], log_of("[    1.000000] other\n")));
    EXPECT_EQ(file.notes.size(), 1U);
}

TEST(CaseFile, KeepsWhatANewerVersionWrote) {
    const TemporaryFolder folder;
    const std::string path = folder.file(
        "case.json",
        R"({"schema":"stallsight.case/2","bundle":"b","marks":[1],"notes":[{"id":"n7","colour":"red","text":"t"}]})");
    auto file = load_case(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(add_note(*file, log_of("[    1.000000] one\n"), "kern.log", 1, false, "x"));
    EXPECT_EQ(file->notes[1].id, "n8");
    ASSERT_TRUE(save_case(*file));
    const std::string text = test::slurp(path);
    EXPECT_THAT(text, testing::HasSubstr("\"marks\""));
    EXPECT_THAT(text, testing::HasSubstr("\"red\""));
}

TEST(CaseFile, WhatIsNotACaseIsLeftAlone) {
    const TemporaryFolder folder;
    for (const char* text : {"not json", "[]", "{\"schema\":\"other/1\"}"}) {
        const std::string path = folder.file("case.json", text);
        EXPECT_FALSE(load_case(path));
        EXPECT_EQ(test::slurp(path), text);
    }
    EXPECT_TRUE(load_case((folder.path() / "none.json").string())->notes.empty());
}

TEST(CaseFile, SavingWhereNothingCanBeWrittenIsAnError) {
    CaseFile file;
    file.path = "/no/such/folder/case.json";
    const auto saved = save_case(file);
    ASSERT_FALSE(saved);
    EXPECT_THAT(saved.error().text(), testing::HasSubstr("/no/such/folder"));
}

}  // namespace
}  // namespace stallsight
