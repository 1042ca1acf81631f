// Folders of debug files, lists of names, and files of another build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "symbolizer/system_map.h"
#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;
using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

const std::string module_path =
    std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64/rpmsg_platform_driver.ko";

CodePlace notify() {
    CodePlace place;
    place.function = "nokia_rpmsg_notify";
    place.module = "rpmsg_platform_driver";
    place.offset = 0x1a;
    place.size = 0x40;
    place.callee = "mutex_lock";
    return place;
}

TEST(DebugFolder, IsReadFileByFileWhenAsked) {
    const TemporaryFolder folder;
    fs::copy_file(module_path, folder.path() / "rpmsg_platform_driver.ko");
    for (int i = 0; i < 50; ++i) folder.file("lib/other" + std::to_string(i) + ".ko", "damaged");
    folder.file("bad-module.ko.xz", std::string("\xfd\x37zXZ\0 and no more", 18));
    Symbolizer symbolizer;
    EXPECT_TRUE(symbolizer.add_directory(folder.path()).empty());
    EXPECT_EQ(symbolizer.resolve(notify())->link, CallLink::proved);
    ASSERT_EQ(symbolizer.files().size(), 1u);
    EXPECT_TRUE(symbolizer.take_errors().empty());
    EXPECT_TRUE(symbolizer.has_module("bad_module"));
    CodePlace bad;
    bad.function = "f";
    bad.module = "bad_module";
    EXPECT_FALSE(symbolizer.resolve(bad));
    EXPECT_FALSE(symbolizer.has_module("bad_module"));
    const auto errors = symbolizer.take_errors();
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0].text(), HasSubstr("bad-module.ko.xz: cannot be unpacked"));
    EXPECT_TRUE(symbolizer.take_errors().empty());
}

TEST(DebugFiles, OneFileCanBeNamed) {
    Symbolizer symbolizer;
    EXPECT_TRUE(symbolizer.add_directory(module_path).empty());
    EXPECT_EQ(symbolizer.resolve(notify())->link, CallLink::proved);
    EXPECT_EQ(symbolizer.add_directory("/nowhere").size(), 1u);
}

TEST(AnotherBuild, IsSaidAndProvesNothing) {
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add("driver.ko", *Bytes::map_file(module_path)));
    CodePlace place = notify();
    place.release = "6.1.192-caplab";
    EXPECT_EQ(symbolizer.resolve(place)->doubt, "");
    EXPECT_EQ(symbolizer.resolve(place)->link, CallLink::proved);
    place.release = "5.4.72";
    EXPECT_EQ(symbolizer.resolve(place)->doubt, "the log is of Linux 5.4.72, driver.ko of 6.1.192-caplab");
    EXPECT_TRUE(symbolizer.resolve(place)->other_build);
    EXPECT_EQ(symbolizer.resolve(place)->link, CallLink::unknown);
}

TEST(AnotherBuild, OfTheKernelIsToldByItsBanner) {
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add("vmlinux", *Bytes::map_file(std::string(STALLSIGHT_BIN_DIR) + "/test_kernel")));
    CodePlace place;
    place.function = "caller";
    place.offset = 1;
    place.release = "6.1.0-fixture";
    place.banner = "6.1.0-fixture (x@y) #1 SMP";
    EXPECT_FALSE(symbolizer.resolve(place)->other_build);
    place.banner = "6.1.0-fixture (x@y) #2 SMP";
    EXPECT_EQ(symbolizer.resolve(place)->doubt, "the log's kernel is \"#2 SMP\", vmlinux is \"#1 SMP\"");
}

TEST(ContradictedCall, SaysThatTheFileDoesNotFit) {
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add("driver.ko", *Bytes::map_file(module_path)));
    CodePlace place = notify();
    place.offset = 0x15;
    EXPECT_EQ(symbolizer.resolve(place)->link, CallLink::contradicted);
    EXPECT_EQ(symbolizer.resolve(place)->doubt, "driver.ko does not fit this log: no call is there");
}

constexpr const char* map_text =
    "ffffffff81000000 T _text\n"
    "ffffffff81000000 T startup_64\n"
    "ffffffff81000068 T secondary_startup_64\n"
    "ffffffff81000100 t type_show\n"
    "ffffffff81000140 t type_show\n"
    "ffffffff81000190 D data\n"
    "ffffffffc0298010 t nokia_rpmsg_notify\t[rpmsg_platform_driver]\n"
    "ffffffffc0298050 t nokia_rpmsg_poll_thread\t[rpmsg_platform_driver]\n"
    "0000000000000018 A absolute\n";

TEST(SystemMap, GivesNamesWhereThereIsNoDebugInfo) {
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add("System.map", Bytes::own(map_text)));
    EXPECT_FALSE(symbolizer.has_module(""));  // names are no debug info
    CodePlace place;
    place.function = "type_show";
    place.offset = 0x10;
    place.size = 0x50;
    place.address = 0xffffffff91000150;
    const auto second = symbolizer.resolve(place);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->link_address, 0xffffffff81000150u);
    EXPECT_EQ(second->doubt, "");
    EXPECT_EQ(kernel_offset(place, *second), 0x10000000u);
    place.size = 0x44;
    EXPECT_THAT(symbolizer.resolve(place)->doubt, StartsWith("the log says type_show has 0x44 bytes, System.map"));
    place.size.reset();
    EXPECT_EQ(symbolizer.resolve(place)->doubt, "2 functions of this name fit");
    CodePlace bare;
    bare.address = 0xffffffff91000108;
    bare.kernel_offset = 0x10000000;
    const auto named = symbolizer.resolve(bare);
    ASSERT_TRUE(named);
    EXPECT_EQ(named->places.back().function, "type_show");
    EXPECT_EQ(named->offset, 8u);
    CodePlace driver = notify();
    EXPECT_EQ(symbolizer.resolve(driver)->doubt, "");
}

TEST(SystemMap, SaysWhatItCannotRead) {
    EXPECT_EQ(SystemMap::read("System.map", "").error().text(), "System.map: not a list of symbols");
    EXPECT_EQ(SystemMap::read("System.map", "ffffffff81000000 T _text\nnonsense\n").error().text(),
              "System.map: line 2: not a symbol");
    EXPECT_EQ(SystemMap::read("kallsyms", "0000000000000000 T _text\n0000000000000000 t f\n").error().text(),
              "kallsyms: hides its addresses (kernel.kptr_restrict)");
}

// Every function of the ppc64 kernel's log, which has no vmlinux here: name and size as its own System.map says.
TEST(SystemMap, FitsTheCaptures) {
    const std::string build = std::string(STALLSIGHT_SOURCE_DIR) + "/../shared/captures/ppc64/build/";
    if (!fs::exists(build)) GTEST_SKIP() << "no captures beside the source tree";
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(build).empty());
    CodePlace place;  // "[c0000000b022f9f0] [c0000000000d18c4] .func+0x138/0x150"
    place.function = ".__schedule_bug";
    place.offset = 0x84;
    ASSERT_TRUE(symbolizer.resolve(place));
    EXPECT_EQ(symbolizer.resolve(place)->places.back().function, "__schedule_bug");
}

}  // namespace
}  // namespace stallsight
