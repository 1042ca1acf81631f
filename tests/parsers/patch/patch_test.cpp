#include "parsers/patch/patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "parsers/patch/heading.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string source_dir = STALLSIGHT_SOURCE_DIR;

Patch patch_in(const std::string& path) {
    const auto bytes = Bytes::map_file(path);
    EXPECT_TRUE(bytes) << path;
    return bytes ? parse_patch(bytes->view()) : Patch{};
}

TEST(Patch, ReadsTheSampleWhoseHunksWereShortenedByHand) {
    const Patch patch = patch_in(source_dir + "/sample-logs/fant-h-cold-standby/patch/rpmsg_platform_driver.diff");
    ASSERT_EQ(patch.files.size(), 1u);
    EXPECT_EQ(patch.files[0].old_path, "misc/rpmsg_platform_driver.c");
    EXPECT_EQ(patch.files[0].new_path, "misc/rpmsg_platform_driver.c");
    const auto& hunks = patch.files[0].hunks;
    ASSERT_EQ(hunks.size(), 3u);
    EXPECT_EQ(hunks[0].function, "");
    EXPECT_EQ(hunks[0].old_lines, 10);
    EXPECT_EQ(hunks[0].line, 4u);
    EXPECT_EQ(hunks[0].body.back(), " struct nokia_rpmsg_vq_info {");
    EXPECT_THAT(hunks[0].touched, IsEmpty());
    EXPECT_EQ(hunks[1].function, "nokia_rpmsg_notify");
    EXPECT_EQ(hunks[1].heading, "static bool nokia_rpmsg_notify(struct vi");
    EXPECT_EQ(hunks[1].old_start, 197);
    EXPECT_EQ(hunks[1].new_start, 204);
    EXPECT_EQ(hunks[1].line_last + 1, hunks[2].line);
    EXPECT_THAT(hunks[1].touched, ElementsAre("nokia_rpmsg_notify"));
    EXPECT_EQ(hunks[2].function, "rp_find_vq");
    EXPECT_EQ(hunks[2].body.back(), "    return vq;");
}

TEST(Patch, ReadsThePatchesOfTheCaptures) {
    const std::string folder = source_dir + "/../shared/captures/src/patches";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no captures beside the source tree";
    const Patch bus = patch_in(folder + "/virtio_rpmsg_bus-atomic-tx.patch");
    ASSERT_EQ(bus.files.size(), 1u);
    ASSERT_EQ(bus.files[0].hunks.size(), 9u);
    EXPECT_THAT(bus.files[0].hunks[1].touched, ElementsAre("get_a_tx_buf"));
    const Patch rcu = patch_in(folder + "/rcu-defer-qs-requeue.patch");
    ASSERT_EQ(rcu.files.size(), 1u);
    ASSERT_EQ(rcu.files[0].hunks.size(), 1u);
    EXPECT_EQ(rcu.files[0].hunks[0].new_lines, 14);
    EXPECT_EQ(rcu.files[0].hunks[0].body.size(), 17u);
    for (const auto& hunk : bus.files[0].hunks) {
        int old_lines = 0, new_lines = 0;
        for (const auto& line : hunk.body) old_lines += line[0] != '+', new_lines += line[0] != '-';
        EXPECT_EQ(old_lines, hunk.old_lines) << hunk.line;
        EXPECT_EQ(new_lines, hunk.new_lines) << hunk.line;
    }
}

TEST(Patch, ReadsAMailAndLeavesItsSignatureOut) {
    const Patch patch = parse_patch(
        "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
        "From: A <a@example.org>\n"
        "Subject: [PATCH v2 1/2] rpmsg: do not sleep\n"
        " in notify\n"
        "\n"
        "--- a remark, not a header\n"
        "---\n"
        " misc/x.c | 2 +-\n"
        "\n"
        "diff --git a/misc/x.c b/misc/x.c\n"
        "index 1..2 100644\n"
        "--- a/misc/x.c\n"
        "+++ b/misc/x.c\n"
        "@@ -1,3 +1,3 @@ int f(void)\n"
        " {\n"
        "--- old\n"
        "+new\n"
        " }\n"
        "-- \n"
        "2.39.5\n"
        "\n");
    EXPECT_EQ(patch.subject, "rpmsg: do not sleep in notify");
    ASSERT_EQ(patch.files.size(), 1u);
    ASSERT_EQ(patch.files[0].hunks.size(), 1u);
    EXPECT_THAT(patch.files[0].hunks[0].body, ElementsAre(" {", "--- old", "+new", " }"));
    EXPECT_THAT(patch.files[0].hunks[0].touched, ElementsAre("f"));
}

TEST(Patch, KnowsPathsOfOtherTools) {
    const Patch quilt = parse_patch(
        "--- linux-5.4.orig/misc/x.c\t2021-01-01 00:00:00.000000000 +0100\n"
        "+++ linux-5.4/misc/x.c\t2021-01-02 00:00:00.000000000 +0100\n"
        "@@ -1 +1 @@\r\n-a\r\n+b\r\n");
    ASSERT_EQ(quilt.files.size(), 1u);
    EXPECT_EQ(quilt.files[0].old_path, "misc/x.c");
    EXPECT_EQ(quilt.files[0].new_path, "misc/x.c");
    ASSERT_EQ(quilt.files[0].hunks.size(), 1u);
    EXPECT_THAT(quilt.files[0].hunks[0].body, ElementsAre("-a", "+b"));
    const Patch added = parse_patch("--- /dev/null\n+++ \"b/misc/\\303\\244.c\"\n@@ -0,0 +1 @@\n+x\n");
    ASSERT_EQ(added.files.size(), 1u);
    EXPECT_EQ(added.files[0].old_path, "/dev/null");
    EXPECT_EQ(added.files[0].new_path, "misc/\xc3\xa4.c");
    const Patch renamed = parse_patch(
        "commit 0123\nAuthor: A\n\n    rpmsg: move\n\n"
        "diff --git a/x.c b/y.c\nrename from x.c\nrename to y.c\n"
        "diff --git a/u.c b/v.c\nrename from u.c\nrename to v.c\n--- a/u.c\n+++ b/v.c\n@@ -1 +1 @@\n-a\n+b\n");
    EXPECT_EQ(renamed.subject, "rpmsg: move");
    ASSERT_EQ(renamed.files.size(), 2u);
    EXPECT_EQ(renamed.files[0].new_path, "y.c");
    EXPECT_EQ(renamed.files[1].old_path, "u.c");
    EXPECT_EQ(renamed.files[1].hunks.size(), 1u);
}

TEST(Patch, IsEmptyWithoutADiff) {
    EXPECT_THAT(parse_patch("").files, IsEmpty());
    EXPECT_THAT(parse_patch("@@ -1 +1 @@\n-a\n+b\n").files, IsEmpty());
    EXPECT_THAT(parse_patch("$ cat x.c\nint main;\n").files, IsEmpty());
}

TEST(Patch, NamesTheFunctionOfAHeading) {
    EXPECT_EQ(function_of_heading("static bool nokia_rpmsg_notify(struct vi"), "nokia_rpmsg_notify");
    EXPECT_EQ(function_of_heading("static struct virtqueue *rp_find_vq(stru"), "rp_find_vq");
    EXPECT_EQ(function_of_heading("static __attribute__((noinline)) int f(int a)"), "f");
    EXPECT_EQ(function_of_heading("SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf"), "sys_read");
    EXPECT_EQ(function_of_heading("static int a_function_with_a_name_too_lo"), "a_function_with_a_name_too_lo");
    EXPECT_EQ(function_of_heading("struct nokia_rpmsg_vproc {"), "");
    EXPECT_EQ(function_of_heading("static DEFINE_MUTEX(lock);"), "");
    EXPECT_EQ(function_of_heading("#define max(a, b)"), "");
    EXPECT_EQ(function_of_heading("static int (*handler)(void)"), "");
    EXPECT_EQ(function_of_heading("static int x = f(1);"), "");
    EXPECT_EQ(function_of_heading("out:"), "");
    EXPECT_EQ(function_of_heading(""), "");
}

}  // namespace
}  // namespace stallsight
