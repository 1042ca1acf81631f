// The ways to a place, read from the listing of nokia_rpmsg_poll_thread() (objdump -dr): one msleep() is made under
// the mutex, the other one behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

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

// x86 counts inline: "incl %gs:__preempt_count(%rip)", in older kernels "incl %gs:__preempt_count".
class InlineCounts : public testing::TestWithParam<const char*> {
protected:
    // Compiles the functions as `output`, and adds them to the symbolizer.
    void build(const std::string& flags, const std::string& output) {
        const std::string source = (folder.path() / "counts.c").string();
        const std::string file = (folder.path() / output).string();
        std::ofstream(source) << R"(
            #ifdef MODULE
            extern
            #endif
            unsigned __preempt_count, other;
            void work(void) { asm volatile("nop"); }
            void _start(void) {)"
                              << line("incl", "__preempt_count") << line("incl", "other")
                              << line("addl $0x200,", "__preempt_count") << line("subl $0x100,", "__preempt_count")
                              << "work();" << line("decl", "__preempt_count") << "work(); }\n";
        const std::string command =
            "cc -m64 -O1 -fno-inline -fno-pie -fno-stack-protector " + flags + " -o " + file + " " + source;
        if (!test::run(command).empty()) GTEST_SKIP() << "cannot be built here: " << command;
        const auto bytes = Bytes::map_file(file);
        ASSERT_TRUE(bytes);
        ASSERT_TRUE(symbolizer.add(file, *bytes));
    }
    static std::string line(const std::string& instruction, const std::string& variable) {
        return "asm volatile(\"" + instruction + " %gs:" + variable + GetParam() + "\");";
    }

    // What is added before each call of work(), in the order of the calls.
    [[nodiscard]] std::vector<std::vector<std::int64_t>> added(const std::string& module) const {
        std::vector<std::vector<std::int64_t>> all;
        CodePlace place;
        place.function = "_start";
        place.module = module;
        place.callee = "work";
        for (place.offset = 1; place.offset < 0x60; ++place.offset) {
            const auto answer = symbolizer.resolve(place);
            if (!answer || answer->call_site != CallSite::direct) continue;
            for (const CallPath& path :
                 symbolizer.paths_to(place, [](std::string_view name) { return name == "__preempt_count"; })) {
                all.emplace_back();
                for (const PathCall& change : path) all.back().push_back(change.arguments[0].value_or(0));
            }
        }
        return all;
    }

    test::TemporaryFolder folder;
    Symbolizer symbolizer;
};
INSTANTIATE_TEST_SUITE_P(X86, InlineCounts, testing::Values("(%rip)", ""));

TEST_P(InlineCounts, AreSeenInAModule) {
    ASSERT_NO_FATAL_FAILURE(build("-c -DMODULE", "counts.ko"));
    if (IsSkipped()) return;
    EXPECT_THAT(added("counts"), ElementsAre(ElementsAre(1, 0x200, -0x100), ElementsAre(1, 0x200, -0x100, -1)));
}

TEST_P(InlineCounts, AreSeenInALinkedKernel) {
    ASSERT_NO_FATAL_FAILURE(build("-nostdlib -static -no-pie", "vmlinux"));
    if (IsSkipped()) return;
    EXPECT_THAT(added(""), ElementsAre(ElementsAre(1, 0x200, -0x100), ElementsAre(1, 0x200, -0x100, -1)));
}

}  // namespace
}  // namespace stallsight
