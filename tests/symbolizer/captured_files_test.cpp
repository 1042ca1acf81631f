// The captures' kernels and modules, beside the checkout. Skipped where they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "symbolizer/symbolizer.h"

namespace stallsight {
namespace {

const std::string captures = STALLSIGHT_SOURCE_DIR "/../shared/captures/", build = captures + "x86_64/build/";

// How often a size occurs among the functions of a name, by System.map: up to the next symbol, as kallsyms counts.
std::map<std::uint64_t, int> sizes_of(const std::string& function) {
    std::ifstream in(build + "System.map");
    std::map<std::uint64_t, int> sizes;
    std::uint64_t start = 0;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        std::uint64_t address = 0;
        std::string kind, name;
        fields >> std::hex >> address >> kind >> name;
        if (inside && address != start) ++sizes[address - start], inside = false;
        if (name == function) start = address, inside = true;
    }
    return sizes;
}

TEST(CapturedKernel, FunctionsOfOneNameAreToldApartBySize) {
    if (!std::filesystem::exists(build)) GTEST_SKIP() << "no captures beside the checkout";
    Symbolizer symbolizer;
    ASSERT_THAT(symbolizer.add_directory(build + "vmlinux.xz"), testing::IsEmpty());
    std::set<std::string> files;
    std::size_t unique = 0;
    for (const auto& [size, count] : sizes_of("type_show")) {
        CodePlace place;
        place.function = "type_show";
        place.offset = 5;
        place.size = size;
        place.return_address = false;
        const auto answer = symbolizer.resolve(place);
        ASSERT_TRUE(answer) << size;
        if (count > 1) {
            EXPECT_THAT(answer->doubt, testing::HasSubstr("functions of this name fit")) << size;
            continue;
        }
        ++unique;
        EXPECT_EQ(answer->doubt, "") << size;
        files.insert(answer->places.back().file);
    }
    EXPECT_GE(unique, 3u);
    EXPECT_EQ(files.size(), unique) << "each in a file of its own";
}

// One with the mutex, one with the spinlock; no kernel is there to follow mutex_lock() into __mutex_lock().
TEST(CapturedModules, OfTwoBuildsTheCallTellsWhichItWas) {
    if (!std::filesystem::exists(build)) GTEST_SKIP() << "no captures beside the checkout";
    Symbolizer symbolizer;
    for (const char* folder : {"ppc64/build/ko-after", "ppc64/build/ko"})
        ASSERT_THAT(symbolizer.add_directory(captures + folder), testing::IsEmpty());
    CodePlace place;
    place.function = ".nokia_rpmsg_notify";
    place.offset = 0x2c;
    place.size = 0x80;
    place.module = "rpmsg_platform_driver";
    place.callee = ".__mutex_lock.constprop.0";
    const auto told = symbolizer.resolve(place);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->places.front().line, 100);
    EXPECT_EQ(told->doubt, "");
    place.callee.clear();
    const auto either = symbolizer.resolve(place);
    ASSERT_TRUE(either);
    EXPECT_THAT(either->doubt,
                testing::MatchesRegex("2 functions of this name fit: also .*rpmsg_platform_driver.c:100 "
                                      "of .*/ko/rpmsg_platform_driver.ko"));
}

}  // namespace
}  // namespace stallsight
