#include "symbolizer/symbolizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string modules = std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/";

Symbolizer with(const std::string& path) {
    Symbolizer symbolizer;
    const auto bytes = Bytes::map_file(modules + path);
    EXPECT_TRUE(bytes) << path;
    const auto added = symbolizer.add(path, *bytes);
    EXPECT_TRUE(added) << (added ? "" : added.error().text());
    return symbolizer;
}

CodePlace place(std::string function, std::uint64_t offset, std::optional<std::uint64_t> size) {
    CodePlace asked;
    asked.function = std::move(function);
    asked.offset = offset;
    asked.size = size;
    asked.module = "rpmsg_platform_driver";
    return asked;
}

std::vector<std::string> lines_of(const Resolution& answer) {
    std::vector<std::string> lines;
    for (const SourcePlace& at : answer.places)
        lines.push_back(at.function + " " + at.file.substr(at.file.rfind('/') + 1) + ":" + std::to_string(at.line));
    return lines;
}

TEST(Symbolizer, FindsTheMutexOfTheFieldReportInAnX86Module) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    const auto answer = symbolizer.resolve(place("nokia_rpmsg_notify", 0x1a, 0x40));
    ASSERT_TRUE(answer);
    EXPECT_THAT(lines_of(*answer), ElementsAre("nokia_rpmsg_notify rpmsg_platform_driver.c:100"));
    EXPECT_EQ(answer->call_site, CallSite::direct);
    EXPECT_EQ(answer->call_target, "mutex_lock");
    EXPECT_FALSE(answer->other_build);
    EXPECT_EQ(answer->doubt, "");
    EXPECT_EQ(answer->debug_file, "x86_64/rpmsg_platform_driver.ko");
}

TEST(Symbolizer, FindsItInABigEndianModuleOfElfV1) {
    const Symbolizer symbolizer = with("ppc64/rpmsg_platform_driver.ko");
    for (const char* name : {"nokia_rpmsg_notify", ".nokia_rpmsg_notify"}) {
        const auto answer = symbolizer.resolve(place(name, 0x2c, 0x80));
        ASSERT_TRUE(answer) << name;
        EXPECT_THAT(lines_of(*answer), ElementsAre("nokia_rpmsg_notify rpmsg_platform_driver.c:100"));
        EXPECT_EQ(answer->call_site, CallSite::direct);
        EXPECT_EQ(answer->call_target, "mutex_lock");
        EXPECT_EQ(answer->doubt, "");
    }
}

TEST(Symbolizer, DescribesAFile) {
    const Symbolizer symbolizer = with("ppc64/rpmsg_platform_driver.ko");
    ASSERT_EQ(symbolizer.files().size(), 1u);
    const DebugFile file = symbolizer.files()[0];
    EXPECT_EQ(file.module, "rpmsg_platform_driver");
    EXPECT_EQ(file.machine, "ppc64");
    EXPECT_THAT(file.vermagic, HasSubstr("6.1.192-caplab SMP preempt"));
    EXPECT_EQ(file.build_id.size(), 40u);
    EXPECT_TRUE(symbolizer.has_module("rpmsg-platform-driver"));
    EXPECT_FALSE(symbolizer.has_module(""));
}

TEST(Symbolizer, SaysThatAnotherBuildIsAnother) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    const auto resized = symbolizer.resolve(place("nokia_rpmsg_notify", 0x1a, 0x70));
    ASSERT_TRUE(resized);
    EXPECT_TRUE(resized->other_build);
    EXPECT_THAT(resized->doubt, HasSubstr("0x70 bytes, x86_64/rpmsg_platform_driver.ko says 0x40"));
    CodePlace rebuilt = place("nokia_rpmsg_notify", 0x1a, 0x40);
    rebuilt.build_id = "0123456789abcdef0123456789abcdef01234567";
    EXPECT_THAT(symbolizer.resolve(rebuilt)->doubt, HasSubstr("0123456789abcdef"));
    rebuilt.build_id = symbolizer.files()[0].build_id;
    EXPECT_EQ(symbolizer.resolve(rebuilt)->doubt, "");
    const auto outside = symbolizer.resolve(place("nokia_rpmsg_notify", 0x1234, 0x2000));
    ASSERT_TRUE(outside);
    EXPECT_TRUE(outside->other_build);
    EXPECT_EQ(outside->places.at(0).line, 0);
}

TEST(Symbolizer, KnowsNamesThatCompilersMake) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    const auto exact = symbolizer.resolve(place("nokia_remote_send.isra.0", 0x10, std::nullopt));
    ASSERT_TRUE(exact);
    EXPECT_EQ(exact->doubt, "");
    EXPECT_EQ(exact->places.back().function, "nokia_remote_send");
    const auto other = symbolizer.resolve(place("nokia_remote_send.isra.1", 0x10, std::nullopt));
    ASSERT_TRUE(other);
    EXPECT_THAT(other->doubt, HasSubstr("has no nokia_remote_send.isra.1, but nokia_remote_send.isra.0"));
}

TEST(Symbolizer, FindsTheOffsetFromTheLowBitsOfAnAddress) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    CodePlace stack = place("nokia_rpmsg_poll_thread", 0, std::nullopt);
    stack.address = 0xffffffffc02990d1;
    stack.offset_known = false;
    const auto answer = symbolizer.resolve(stack);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->call_target, "msleep");
    EXPECT_THAT(lines_of(*answer), ElementsAre("nokia_rpmsg_poll_thread rpmsg_platform_driver.c:237"));
}

TEST(Symbolizer, DoesNotTakeTheLineBehindTheInstruction) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    CodePlace fault = place("nokia_rpmsg_notify", 0x1a, 0x40);
    fault.return_address = false;
    const auto answer = symbolizer.resolve(fault);
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->places[0].line, 100);
    EXPECT_EQ(answer->call_site, CallSite::unknown);
    EXPECT_EQ(symbolizer.resolve(place("nokia_rpmsg_notify", 0x15, 0x40))->call_site, CallSite::not_a_call);
}

std::string run(const std::string& command) {
    return std::system(command.c_str()) == 0 ? "" : command;
}

// objcopy is there where a compiler is; of x86-64 everywhere that the tests run.
TEST(Symbolizer, ReadsCompressedAndSeparateDebugFiles) {
    const std::string folder = testing::TempDir() + "/stallsight-separate/";
    const std::string whole = modules + "x86_64/rpmsg_platform_driver.ko",
                      stripped = folder + "rpmsg_platform_driver.ko";
    std::filesystem::remove_all(folder);
    const std::string id = with("x86_64/rpmsg_platform_driver.ko").files()[0].build_id;
    const std::string by_id = folder + ".build-id/" + id.substr(0, 2),
                      debug = by_id + "/" + id.substr(2) + ".debug";
    std::filesystem::create_directories(by_id);
    if (std::system("objcopy --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no objcopy";
    ASSERT_EQ(run("objcopy --only-keep-debug " + whole + " " + debug), "");
    ASSERT_EQ(run("objcopy --strip-debug " + whole + " " + stripped), "");
    ASSERT_EQ(run("gzip " + stripped), "");
    Symbolizer symbolizer;
    EXPECT_THAT(symbolizer.add_directory(folder), IsEmpty());
    EXPECT_TRUE(symbolizer.has_module("rpmsg_platform_driver"));
    const auto answer = symbolizer.resolve(place("nokia_rpmsg_notify", 0x1a, 0x40));
    ASSERT_TRUE(answer);
    EXPECT_THAT(lines_of(*answer), ElementsAre("nokia_rpmsg_notify rpmsg_platform_driver.c:100"));
    EXPECT_EQ(answer->call_target, "mutex_lock");
    EXPECT_EQ(answer->debug_file, debug);
    const auto cut = Bytes::map_file(stripped + ".gz");
    ASSERT_TRUE(cut);
    const auto bad = symbolizer.add("cut.ko.gz", Bytes::own(std::string(cut->view().substr(0, 1000))));
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().text(), HasSubstr("cut.ko.gz: cannot be unpacked"));
}

CallLink link_of(const Symbolizer& symbolizer, CodePlace from, std::string callee) {
    from.callee = std::move(callee);
    const auto answer = symbolizer.resolve(from);
    return answer ? answer->link : CallLink::unknown;
}

TEST(Symbolizer, ProvesTheLinksOfAStack) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    const CodePlace notify = place("nokia_rpmsg_notify", 0x1a, 0x40);
    EXPECT_EQ(link_of(symbolizer, notify, "mutex_lock"), CallLink::proved);
    // mutex_lock may jump on, but the kernel's code is not here.
    EXPECT_EQ(link_of(symbolizer, notify, "__mutex_lock.constprop.0"), CallLink::unknown);
    EXPECT_EQ(link_of(symbolizer, place("nokia_rpmsg_notify", 0x15, 0x40), "mutex_lock"), CallLink::contradicted);
    EXPECT_EQ(link_of(symbolizer, place("nokia_rpmsg_notify", 0x19, 0x40), "mutex_lock"), CallLink::contradicted);
    EXPECT_EQ(name_of(CallLink::tail_call), "tail_call");
}

TEST(Symbolizer, ProvesAStackThroughTailCalls) {
    const std::string build = std::string(STALLSIGHT_SOURCE_DIR) + "/../shared/captures/x86_64/build/";
    if (!std::filesystem::exists(build)) GTEST_SKIP() << "no captures beside the source tree";
    Symbolizer symbolizer;
    EXPECT_THAT(symbolizer.add_directory(build + "ko"), IsEmpty());
    const CodePlace sender = [] {
        CodePlace asked = place("hwa_atomic_thread", 0x12, std::nullopt);
        asked.module = "hwa_diag";
        asked.callee = "kmalloc_trace";
        return asked;
    }();
    const auto answer = symbolizer.resolve(sender);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->link, CallLink::tail_call);
    EXPECT_THAT(answer->tail_path, ElementsAre("hwa_grow_table.constprop.0"));
}

TEST(Symbolizer, KnowsNothingOfOthers) {
    const Symbolizer symbolizer = with("x86_64/rpmsg_platform_driver.ko");
    EXPECT_FALSE(symbolizer.resolve(place("no_such_function", 1, std::nullopt)));
    CodePlace kernel = place("mutex_lock", 1, std::nullopt);
    kernel.module.clear();
    EXPECT_FALSE(symbolizer.resolve(kernel));
    EXPECT_FALSE(Symbolizer().resolve(kernel));
}

TEST(Symbolizer, ReadsFoldersAndNamesWhatItCannotRead) {
    Symbolizer symbolizer;
    EXPECT_THAT(symbolizer.add_directory(modules), IsEmpty());
    EXPECT_EQ(symbolizer.files().size(), 0u);  // none was asked yet
    EXPECT_TRUE(symbolizer.has_module("rpmsg_platform_driver"));
    // Two architectures of one module: the size tells them apart.
    EXPECT_THAT(symbolizer.resolve(place("nokia_rpmsg_notify", 0x1a, 0x40))->debug_file, HasSubstr("x86_64"));
    EXPECT_THAT(symbolizer.resolve(place("nokia_rpmsg_notify", 0x2c, 0x80))->debug_file, HasSubstr("ppc64"));
    EXPECT_EQ(symbolizer.add_directory(modules + "none").size(), 1u);
    const auto text =
        symbolizer.add("notes.ko", Bytes::own("not an ELF file at all, but a text of some length ......"));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().text(), "notes.ko: not an ELF file");
}

}  // namespace
}  // namespace stallsight
