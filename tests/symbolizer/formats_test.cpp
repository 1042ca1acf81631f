// The forms that debug info comes in, each made from the kernel in small.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

using namespace test;
using testing::Contains;

const std::string inlined_call = "inlined main.cxx:13 < caller main.cxx:23";

struct Format {
    const char* name;
    const char* compiler;
    const char* flags;
};

void PrintTo(const Format& format, std::ostream* out) {
    *out << format.compiler << " " << format.flags;
}

class DebugFormat : public testing::TestWithParam<Format> {};

TEST_P(DebugFormat, IsRead) {
    const auto& [name, compiler, flags] = GetParam();
    const std::string driver(compiler);
    if (!installed(driver.substr(0, driver.find(' ')))) GTEST_SKIP() << "no " << driver;
    const TemporaryFolder folder;
    const std::string kernel = (folder.path() / "vmlinux").string();
    if (const std::string failed = build_kernel(compiler, flags, kernel); !failed.empty())
        GTEST_SKIP() << "cannot be built here: " << failed;
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    EXPECT_THAT(chains_in(symbolizer, "caller"), Contains(inlined_call));
    EXPECT_TRUE(symbolizer.take_errors().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Made, DebugFormat,
    testing::Values(Format{"dwarf4", "g++", "-gdwarf-4"}, Format{"dwarf5", "g++", "-gdwarf-5"},
                    Format{"compressed", "g++", "-gz=zlib"}, Format{"zdebug", "g++", "-gz=zlib-gnu"},
                    Format{"split4", "g++", "-gdwarf-4 -gsplit-dwarf"},
                    Format{"split5", "g++", "-gdwarf-5 -gsplit-dwarf"},
                    Format{"type_units", "g++", "-fdebug-types-section"}, Format{"clang", "clang++", ""},
                    Format{"clang_split", "clang++", "-gdwarf-5 -gsplit-dwarf"},
                    Format{"ppc64le", "clang++ -target powerpc64le-linux-gnu -fuse-ld=lld", ""},
                    Format{"aarch64", "clang++ -target aarch64-linux-gnu -fuse-ld=lld", ""},
                    Format{"arm_thumb", "clang++ -target armv7-linux-gnueabihf -mthumb -fuse-ld=lld", ""}),
    [](const auto& format) { return std::string(format.param.name); });

class DwarfPackage : public testing::TestWithParam<Format> {};

// libdw 0.188 reads no .dwp: the lines are in the kernel itself, and what is lacking is said.
TEST_P(DwarfPackage, LinesAreKnownAndTheRestIsSaidToBeMissing) {
    const auto& [name, tool, flags] = GetParam();
    if (!installed("g++") || !installed(tool)) GTEST_SKIP() << "no g++ or " << tool;
    const TemporaryFolder folder;
    const std::string kernel = (folder.path() / "vmlinux").string();
    ASSERT_EQ(build_kernel("g++", std::string("-gsplit-dwarf ") + flags, kernel), "");
    ASSERT_EQ(run("cd " + folder.path().string() + " && " + tool + " -e vmlinux -o vmlinux.dwp && rm *.dwo"), "");
    for (int round = 0; round < 2; ++round) {  // what is not whole must not come from the cache
        Symbolizer symbolizer;
        ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
        EXPECT_THAT(chains_in(symbolizer, "caller"), Contains("caller main.cxx:13"));
        const auto errors = symbolizer.take_errors();
        ASSERT_EQ(errors.size(), 1u);
        EXPECT_EQ(errors[0].path, kernel);
        EXPECT_THAT(errors[0].what, testing::HasSubstr("no inlined callers"));
    }
}

INSTANTIATE_TEST_SUITE_P(Of, DwarfPackage,
                         testing::Values(Format{"binutils", "dwp", "-gdwarf-4"},
                                         Format{"llvm", "llvm-dwp", "-gdwarf-5"}),
                         [](const auto& format) { return std::string(format.param.name); });

TEST(Debuglink, LeadsToTheSeparateFile) {
    const TemporaryFolder folder;
    const std::string kernel = (folder.path() / "vmlinux").string();
    if (!installed("g++") || !installed("objcopy")) GTEST_SKIP() << "no g++ or objcopy";
    ASSERT_EQ(build_kernel("g++", "", kernel), "");
    ASSERT_EQ(run("cd " + folder.path().string() +
                  " && objcopy --only-keep-debug vmlinux apart.dbg && objcopy "
                  "--strip-debug --add-gnu-debuglink=apart.dbg vmlinux"),
              "");
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    EXPECT_THAT(chains_in(symbolizer, "caller"), Contains(inlined_call));
    std::filesystem::remove(folder.path() / "apart.dbg");
    Symbolizer without;
    ASSERT_TRUE(without.add_directory(folder.path()).empty());
    EXPECT_THAT(chains_in(without, "caller"), testing::ElementsAre("caller :0"));
}

TEST(Debugaltlink, LeadsToWhatDwzHasTakenOut) {
    const TemporaryFolder folder;
    const std::string kernel = (folder.path() / "vmlinux").string();
    if (!installed("g++") || !installed("dwz")) GTEST_SKIP() << "no g++ or dwz";
    ASSERT_EQ(build_kernel("g++", "-gdwarf-4", kernel), "");
    ASSERT_EQ(run("cd " + folder.path().string() + " && cp vmlinux other && dwz -m common -M " +
                  (folder.path() / "common").string() + " vmlinux other && readelf -S vmlinux | grep -q altlink"),
              "");
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    EXPECT_THAT(chains_in(symbolizer, "caller"), Contains(inlined_call));
}

class Packed : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Packed, ModuleIsUnpacked) {
    const auto [tool, suffix] = GetParam();
    if (!installed(tool)) GTEST_SKIP() << "no " << tool;
    const TemporaryFolder folder;
    const std::string module =
        std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64/rpmsg_platform_driver.ko";
    const std::string packed = (folder.path() / "rpmsg-platform-driver.ko").string() + suffix;
    ASSERT_EQ(run(std::string("sh -c '") + tool + " -c < " + module + " > " + packed + "'"), "");
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    EXPECT_THAT(chains_in(symbolizer, "nokia_rpmsg_notify", "rpmsg_platform_driver"),
                Contains("nokia_rpmsg_notify rpmsg_platform_driver.c:100"));
    EXPECT_EQ(symbolizer.files().at(0).name, packed);
}

INSTANTIATE_TEST_SUITE_P(By, Packed,
                         testing::Values(std::pair{"xz", ".xz"}, std::pair{"zstd", ".zst"},
                                         std::pair{"gzip", ".gz"}),
                         [](const auto& tool) { return std::string(tool.param.first); });

// A packed file of a bundle is unpacked when a place in it is asked for.
TEST(PackedInABundle, IsUnpackedWhenAskedFor) {
    if (!installed("xz")) GTEST_SKIP() << "no xz";
    const TemporaryFolder folder;
    const std::string packed = (folder.path() / "rpmsg-platform-driver.ko.xz").string();
    ASSERT_EQ(run("sh -c 'xz -c < " + std::string(STALLSIGHT_SOURCE_DIR) +
                  "/tests/data/modules/x86_64/rpmsg_platform_driver.ko > " + packed + "'"),
              "");
    const auto bytes = Bytes::map_file(packed);
    ASSERT_TRUE(bytes);
    Symbolizer symbolizer;
    symbolizer.add_lazily("nt-a/rpmsg-platform-driver.ko.xz", *bytes);
    symbolizer.add_lazily("nt-a/vmlinux.xz", Bytes::own(std::string(bytes->view().substr(0, 100))));
    EXPECT_TRUE(symbolizer.has_module("rpmsg_platform_driver"));
    EXPECT_TRUE(symbolizer.files().empty());
    EXPECT_THAT(chains_in(symbolizer, "nokia_rpmsg_notify", "rpmsg_platform_driver"),
                Contains("nokia_rpmsg_notify rpmsg_platform_driver.c:100"));
    EXPECT_EQ(symbolizer.files().size(), 1u);
    EXPECT_TRUE(symbolizer.take_errors().empty());
    (void)chains_in(symbolizer, "mutex_lock");
    const auto errors = symbolizer.take_errors();
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].path, "nt-a/vmlinux.xz");
}

// What compilers add to a function's name when they clone or split it.
TEST(ClonedNames, AreFound) {
    if (!installed("g++")) GTEST_SKIP() << "no g++";
    const TemporaryFolder folder;
    std::string source = ".text\n";
    for (const char* name :
         {"f", "f.part.0", "f.constprop.1", "f.isra.2", "f.cold", "g.llvm.123", "h.constprop.0.isra.0"})
        source += std::string(".type \"") + name + "\",@function\n\"" + name + "\": .skip 16\n.size \"" + name +
                  "\",16\n";
    const std::string file = folder.file("names.s", source);
    ASSERT_EQ(run("g++ -c " + file + " -o " + (folder.path() / "names.ko").string()), "");
    Symbolizer symbolizer;
    ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    CodePlace place;
    place.module = "names";
    place.offset = 4;
    for (const char* name : {"f", "f.part.0", "f.constprop.1", "f.isra.2", "f.cold", "g.llvm.123"}) {
        place.function = name;
        const auto answer = symbolizer.resolve(place);
        ASSERT_TRUE(answer) << name;
        EXPECT_EQ(answer->places.back().function, name);
        EXPECT_EQ(answer->doubt, "");
    }
    place.function = "g";
    EXPECT_THAT(symbolizer.resolve(place)->doubt, testing::HasSubstr("has no g, but g.llvm.123"));
    place.function = "h.constprop.1";
    EXPECT_THAT(symbolizer.resolve(place)->doubt, testing::HasSubstr("but h.constprop.0.isra.0"));
}

}  // namespace
}  // namespace stallsight
