// Where the text of a source file is found that debug info or a report names.
#include "analysis/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace stallsight {
namespace {

constexpr const char* built_file = "/build/linux-6.1/drivers/rpmsg/notify.c";

class Sources : public testing::Test {
protected:
    std::string found(const std::string& file = built_file) const {
        const auto source = find_source(analysis, where, file);
        return source ? std::string(source->text.view()) : "nothing";
    }
    void put_into_bundle(const std::string& path, const std::string& text) {
        ArtifactInfo& info = analysis.artifacts.emplace_back();
        info.artifact.path = path;
        info.artifact.kind = ArtifactKind::source;
        info.artifact.bytes = Bytes::own(text);
    }
    void map(const std::string& from, const std::string& to) {
        const auto moved = source_map(from + "=" + (folder.path() / to).string());
        ASSERT_TRUE(moved);
        where.moved.push_back(*moved);
    }
    void look_in(const std::string& name) { where.folders.push_back((folder.path() / name).string()); }

    test::TemporaryFolder folder;
    Analysis analysis;
    SourceSearch where;
};

TEST_F(Sources, AreNowhereWithoutAFolder) {
    EXPECT_EQ(found(), "nothing");
}

TEST_F(Sources, OfAFolderByTheLongestTailOfThePath) {
    folder.file("tree/notify.c", "another one");
    folder.file("tree/drivers/rpmsg/notify.c", "the one");
    look_in("tree");
    EXPECT_EQ(found(), "the one");
    EXPECT_EQ(found("drivers/rpmsg/notify.c"), "the one");
    EXPECT_EQ(found("./arch/../drivers/rpmsg/notify.c"), "the one");
    EXPECT_EQ(found("/elsewhere/notify.c"), "another one");
    EXPECT_EQ(found("/elsewhere/other.c"), "nothing");
}

TEST_F(Sources, OfTheFirstFolderThatHasIt) {
    folder.file("first/notify.c", "first");
    folder.file("second/notify.c", "second");
    look_in("second");
    look_in("first");
    EXPECT_EQ(found(), "second");
}

TEST_F(Sources, ThroughAPathMap) {
    folder.file("here/drivers/rpmsg/notify.c", "moved");
    folder.file("tree/drivers/rpmsg/notify.c", "of the folder");
    look_in("tree");
    map("/build/linux-6.1", "here");
    EXPECT_EQ(found(), "moved");
    EXPECT_EQ(found("/build/linux-6.1/./drivers/../drivers/rpmsg/notify.c"), "moved");
    EXPECT_EQ(found("/build/linux-6.10/drivers/rpmsg/notify.c"), "of the folder")
        << "only whole folders are mapped";
    EXPECT_EQ(found("/build/linux-6.1/../linux-6.1x/drivers/rpmsg/notify.c"), "of the folder");
}

TEST_F(Sources, ThroughTheFirstMapThatLeadsToAFile) {
    folder.file("misc/notify.c", "misc");
    map("/build/linux-6.1", "gone");
    map("/build/linux-6.1/drivers/rpmsg/", "misc");
    EXPECT_EQ(found(), "misc");
}

TEST_F(Sources, MayNotClimbOutOfWhatIsMapped) {
    folder.file("secret.c", "secret");
    folder.file("here/drivers/x.c", "");
    map("/build/linux-6.1", "here/drivers");
    EXPECT_EQ(found("/build/linux-6.1/../secret.c"), "nothing");
    EXPECT_EQ(found("/build/linux-6.1/../../secret.c"), "nothing");
}

TEST_F(Sources, OfTheBundleByAgreement) {
    put_into_bundle("src/misc/notify.c", "misc");
    put_into_bundle("src/drivers/rpmsg/notify.c", "drivers");
    EXPECT_EQ(found(), "drivers");
    EXPECT_EQ(found("/x/misc/notify.c"), "misc");
    EXPECT_EQ(found("/x/misc/other.c"), "nothing");
    folder.file("tree/rpmsg/notify.c", "given by hand");
    look_in("tree");
    EXPECT_EQ(found(), "given by hand");
}

TEST(SourceMap, IsFromAndTo) {
    EXPECT_FALSE(source_map("/build"));
    EXPECT_FALSE(source_map("=/here"));
    EXPECT_FALSE(source_map("/build="));
    const auto moved = source_map("/build/linux-6.1=/home/me/linux=6");
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->from, "/build/linux-6.1");
    EXPECT_EQ(moved->to, "/home/me/linux=6");
}

}  // namespace
}  // namespace stallsight
