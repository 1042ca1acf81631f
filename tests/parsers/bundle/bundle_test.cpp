#include "parsers/bundle/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "parsers/bundle/location.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using test::quoted;
using test::TemporaryFolder;
using testing::HasSubstr;

const std::string sample = STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby";

std::vector<std::string> described(const Bundle& bundle) {
    std::vector<std::string> out;
    for (const Artifact& a : bundle.artifacts)
        out.push_back(a.path + " " + std::string(name_of(a.kind)) + " " + a.board + " " + a.core);
    return out;
}

const std::vector<std::string> sample_files = {
    "STORY.md status_text  ",
    "nt-a/core-0/kern.log kernel_log nt-a core-0",
    "nt-a/core-0/status.txt status_text nt-a core-0",
    "nt-b/core-0/dmesg.txt kernel_log nt-b core-0",
    "patch/rpmsg_platform_driver.diff patch  ",
};

int shell(const std::string& command) {
    return std::system(command.c_str());
}

TEST(Bundle, AFolderTellsWhatEachFileIs) {
    const auto bundle = open_bundle(sample);
    ASSERT_TRUE(bundle);
    EXPECT_EQ(bundle->name, "fant-h-cold-standby");
    EXPECT_EQ(described(*bundle), sample_files);
    EXPECT_TRUE(bundle->problems.empty());
}

class Archives : public testing::TestWithParam<const char*> {};

TEST_P(Archives, HoldTheSameFilesAsTheFolder) {
    const TemporaryFolder folder;
    const std::string archive = (folder.path() / (std::string("case.") + GetParam())).string();
    const std::string parent = quoted(STALLSIGHT_SOURCE_DIR "/sample-logs");
    const std::string command = std::string(GetParam()) == "zip"
                                    ? "cd " + parent + " && python3 -c \"import shutil;shutil.make_archive('" +
                                          (folder.path() / "case").string() + "','zip','.','fant-h-cold-standby')\""
                                    : "tar -C " + parent + " -caf " + quoted(archive) + " fant-h-cold-standby";
    ASSERT_EQ(shell(command), 0);
    const auto bundle = open_bundle(archive);
    ASSERT_TRUE(bundle) << bundle.error().text();
    EXPECT_EQ(described(*bundle), sample_files);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, Archives,
                         testing::Values("tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst", "zip"));

TEST(Bundle, APackedLogIsALog) {
    const TemporaryFolder folder;
    const std::string log = (folder.path() / "kern.log.2.gz").string();
    ASSERT_EQ(shell("gzip -c " + quoted(sample + "/nt-a/core-0/kern.log") + " > " + quoted(log)), 0);
    const auto bundle = open_bundle(folder.path().string());
    ASSERT_TRUE(bundle);
    EXPECT_EQ(described(*bundle), std::vector<std::string>{"kern.log.2.gz kernel_log  "});
    EXPECT_EQ(bundle->artifacts[0].bytes.view(), test::slurp(sample + "/nt-a/core-0/kern.log"));
}

TEST(Bundle, ATruncatedArchiveKeepsWhatIsReadable) {
    const TemporaryFolder folder;
    const std::string archive = (folder.path() / "case.tar.gz").string();
    ASSERT_EQ(shell("cd " + quoted(sample) + " && tar --sort=name -czf " + quoted(archive) + " nt-a nt-b"), 0);
    std::filesystem::resize_file(archive, std::filesystem::file_size(archive) * 3 / 5);
    const auto bundle = open_bundle(archive);
    ASSERT_TRUE(bundle);
    ASSERT_FALSE(bundle->problems.empty());
    EXPECT_EQ(bundle->problems[0].path, "case.tar.gz");
    ASSERT_FALSE(bundle->artifacts.empty());
    EXPECT_THAT(bundle->artifacts[0].bytes.view(), HasSubstr("rcu_torture_fwd_prog_nr"));
}

TEST(Bundle, ANameInAnArchiveIsOnlyALabel) {
    const TemporaryFolder folder;
    const std::string archive = (folder.path() / "evil.tar").string();
    folder.file("log", "[    1.000000] hello\n");
    ASSERT_EQ(shell("cd " + quoted(folder.path().string()) +
                    " && tar -cPf evil.tar --transform 's,log,../../../tmp/evil/log,' log"),
              0);
    const auto bundle = open_bundle(archive);
    ASSERT_TRUE(bundle);
    EXPECT_EQ(bundle->artifacts[0].path.find(".."), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists("/tmp/evil"));
}

TEST(Bundle, ABombIsStoppedAndSaid) {
    const TemporaryFolder folder;
    const std::string bomb = (folder.path() / "zeros.gz").string();
    ASSERT_EQ(shell("yes | head -c 64M | gzip -9 > " + quoted(bomb)), 0);
    BundleLimits limits;
    limits.member_bytes = 8U << 20U;
    const auto bundle = open_bundle(bomb, limits);
    ASSERT_TRUE(bundle);
    ASSERT_EQ(bundle->problems.size(), 1U);
    EXPECT_THAT(bundle->problems[0].text(), HasSubstr("larger than the limit"));
    EXPECT_LT(bundle->artifacts[0].bytes.size(), 9U << 20U);
}

TEST(Bundle, ALinkOutOfTheFolderIsNotFollowed) {
    const TemporaryFolder folder;
    folder.file("bundle/a.log", "[    1.000000] hello\n");
    folder.file("secret", "secret");
    std::filesystem::create_symlink("../secret", folder.path() / "bundle" / "link");
    const auto bundle = open_bundle((folder.path() / "bundle").string());
    ASSERT_TRUE(bundle);
    EXPECT_EQ(bundle->artifacts.size(), 1U);
    ASSERT_EQ(bundle->problems.size(), 1U);
    EXPECT_THAT(bundle->problems[0].text(), HasSubstr("not followed"));
}

TEST(Bundle, NothingThereIsAnError) {
    const TemporaryFolder folder;
    EXPECT_EQ(open_bundle((folder.path() / "no").string()).error().what, "No such file or directory");
    EXPECT_EQ(open_bundle(folder.path().string()).error().what, "empty folder");
}

TEST(Identify, ByBytesFirst) {
    EXPECT_EQ(identify("a.log", std::string("\x7f"
                                            "ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0",
                                            18)),
              ArtifactKind::debug_info);
    EXPECT_EQ(identify("a.log", std::string("\x7f"
                                            "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0",
                                            18)),
              ArtifactKind::vmcore);
    EXPECT_EQ(identify("core", "KDUMP   \1\0\0\0"), ArtifactKind::vmcore);
    EXPECT_EQ(identify("x", std::string(100, '\1')), ArtifactKind::binary);
    std::string packed;  // what a damaged archive is: any byte as often as any other
    for (std::uint32_t i = 0, word = 1; i < 65536; ++i)
        packed += static_cast<char>((word = word * 1664525 + 1013904223) >> 24);
    EXPECT_EQ(identify("cut.tar.gz", packed), ArtifactKind::binary);
    EXPECT_EQ(identify("x", ""), ArtifactKind::empty);
    EXPECT_EQ(identify("bt.txt", "crash> bt\nPID: 1  TASK: c0  CPU: 0  COMMAND: \"x\"\n"),
              ArtifactKind::crash_text);
    EXPECT_EQ(identify("notes.txt", "the board hangs\n"), ArtifactKind::status_text);
    EXPECT_EQ(identify("serial.txt", "login: [   12.345678] usb 1-1: new device\n"), ArtifactKind::kernel_log);
}

TEST(Location, FromFoldersAndFileNames) {
    const auto at = [](const char* path) { return location_of(path).board + " " + location_of(path).core; };
    EXPECT_EQ(at("nt-a/core-0/kern.log"), "nt-a core-0");
    EXPECT_EQ(at("logs/nt-b/var/log/kern.log"), "nt-b ");
    EXPECT_EQ(at("nt-a_core-1_kern.log"), "nt-a core-1");
    EXPECT_EQ(at("shelf/core2/dmesg"), "shelf core2");
    EXPECT_EQ(at("kern.log"), " ");
}

TEST(PackedDebugFile, IsKnownByItsName) {
    for (const char* path : {"vmlinux.xz", "nt-a/vmlinux-6.1.0-56-amd64.zst", "boot/dm-mod.ko.gz"})
        EXPECT_TRUE(is_packed_debug_file(path)) << path;
    for (const char* path :
         {"vmlinux", "vmlinux.tar.xz", "vmlinux-6.1.tar.gz", "vmlinux-boot.log.gz", "a.ko", "kern.log.gz"})
        EXPECT_FALSE(is_packed_debug_file(path)) << path;
    EXPECT_EQ(identify("vmlinux.xz", std::string("\xfd"
                                                 "7zXZ\0...",
                                                 9)),
              ArtifactKind::debug_info);
    EXPECT_EQ(identify("vmlinux.xz", "[    1.000000] Call Trace:"), ArtifactKind::kernel_log);
}

}  // namespace
}  // namespace stallsight
