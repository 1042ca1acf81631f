// The ways to a place, read from the listing of nokia_rpmsg_poll_thread() (objdump -dr): one msleep() is made under
// the mutex, the other one behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "symbolizer/symbolizer.h"
#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PathCalls : public testing::Test {
protected:
    void load(const std::string& arch) {
        const std::string path =
            std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/" + arch + "/rpmsg_platform_driver.ko";
        const auto bytes = Bytes::map_file(path);
        ASSERT_TRUE(bytes);
        ASSERT_TRUE(symbolizer_.add(path, *bytes));
    }

    // Each way as its calls: "mutex_lock mutex_unlock".
    [[nodiscard]] std::vector<std::string> ways(std::uint64_t offset, bool return_address = true) const {
        CodePlace place;
        place.function = "nokia_rpmsg_poll_thread";
        place.module = "rpmsg_platform_driver";
        place.offset = offset;
        place.return_address = return_address;
        std::vector<std::string> out;
        for (const CallPath& path :
             symbolizer_.paths_to(place, [](std::string_view name) { return name.starts_with("mutex_"); })) {
            std::string words;
            for (const PathCall& call : path) words += (words.empty() ? "" : " ") + call.function;
            out.push_back(words);
        }
        return out;
    }

    Symbolizer symbolizer_;
};

TEST_F(PathCalls, X86UnderTheMutexAndBehindIt) {
    load("x86_64");
    EXPECT_THAT(ways(0x54), ElementsAre("mutex_lock"));
    EXPECT_THAT(ways(0x21), ElementsAre("mutex_lock mutex_unlock"));
}

TEST_F(PathCalls, BigEndianPowerpcUnderTheMutexAndBehindIt) {
    load("ppc64");
    EXPECT_THAT(ways(0x94), ElementsAre("mutex_lock"));
    EXPECT_THAT(ways(0x44), ElementsAre("mutex_lock mutex_unlock"));
}

TEST_F(PathCalls, AWayEndsWhereItFirstGetsToThePlace) {
    load("x86_64");
    EXPECT_THAT(ways(0x26, false), ElementsAre(""));  // test %al,%al, in the loop
}

TEST_F(PathCalls, NothingIsKnownOfAFunctionThatIsNotThere) {
    load("x86_64");
    CodePlace place;
    place.function = "nokia_rpmsg_no_such_thread";
    place.offset = 0x10;
    place.module = "rpmsg_platform_driver";
    EXPECT_THAT(symbolizer_.paths_to(place, [](std::string_view) { return true; }), IsEmpty());
}

TEST_F(PathCalls, NothingIsKnownOfAnotherBuild) {
    load("x86_64");
    CodePlace place;
    place.function = "nokia_rpmsg_poll_thread";
    place.offset = 0x54;
    place.size = 0x70;  // the log's build has a longer function
    place.module = "rpmsg_platform_driver";
    EXPECT_THAT(symbolizer_.paths_to(place, [](std::string_view) { return true; }), IsEmpty());
}

// As compilers put preempt_disable() and local_bh_disable() into a module: in 6.2 to 6.14 preempt_count lies in
// struct pcpu_hot, whose other members are not it.
TEST_F(PathCalls, WhatIsAddedToPreemptCountInLine) {
    if (!test::installed("gcc") || !test::installed("objcopy")) GTEST_SKIP() << "no gcc here";
    const test::TemporaryFolder folder;
    const std::string source = folder.file("lab.s", R"(
        .text
        .globl drain_ring
        .type drain_ring, @function
drain_ring:
        incl %gs:__preempt_count(%rip)
        addl $0x200, %gs:pcpu_hot+8(%rip)
        decl %gs:pcpu_hot+16(%rip)
        incl %gs:jiffies_seen(%rip)
        call poll_ring
        decl %gs:__preempt_count(%rip)
        ret
        .size drain_ring, . - drain_ring
)");
    const std::string object = (folder.path() / "lab.ko").string();
    if (!test::run("gcc -m64 -c " + source + " -o " + object).empty()) GTEST_SKIP() << "no x86-64 assembler here";
    ASSERT_TRUE(symbolizer_.add(object, *Bytes::map_file(object)));
    CodePlace place;
    place.function = "drain_ring";
    place.module = "lab";
    place.return_address = true;
    std::vector<std::int64_t> added;
    for (place.offset = 1; place.offset < 0x40 && added.empty(); ++place.offset)
        for (const CallPath& path :
             symbolizer_.paths_to(place, [](std::string_view name) { return name == "__preempt_count"; }))
            for (const PathCall& call : path) added.push_back(call.arguments[0].value_or(0));
    EXPECT_THAT(added, ElementsAre(1, 0x200));
}

}  // namespace
}  // namespace stallsight
