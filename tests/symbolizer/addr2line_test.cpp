#include "symbolizer/addr2line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

const std::string module_path =
    std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64/rpmsg_platform_driver.ko";

Addr2line opened() {
    const auto bytes = Bytes::map_file(module_path);
    EXPECT_TRUE(bytes);
    auto reader = Addr2line::open("rpmsg_platform_driver.ko", *bytes);
    EXPECT_TRUE(reader);
    return std::move(*reader);
}

TEST(Addr2line, PrintsFunctionsFilesAndLines) {
    const std::string source = "/usr/src/lab/modules-build-x86_64/rpmsg_platform_driver/rpmsg_platform_driver.c";
    const auto found = opened().answers({0x89, 0xd0, 0xffffffff}, {});
    EXPECT_THAT(found, ElementsAre("nokia_rpmsg_notify\n" + source + ":100\n",
                                   "nokia_rpmsg_poll_thread\n" + source + ":237\n", "??\n??:?\n"));
}

TEST(Addr2line, KnowsTheOptions) {
    const Addr2lineOptions bare{.addresses = true, .functions = false, .inlines = false, .basenames = true};
    EXPECT_THAT(opened().answers({0x89}, bare), ElementsAre("0x0000000000000089\nrpmsg_platform_driver.c:100\n"));
}

TEST(Addr2line, ReadsAddressesInEveryForm) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const std::string text = "0x89\n89\r\n  0X89\nnonsense\n89";
    ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
    std::ostringstream out;
    const Addr2lineOptions names{.addresses = false, .functions = false, .inlines = true, .basenames = true};
    ASSERT_TRUE(opened().filter(ends[0], out, names));
    close(ends[0]);
    const std::string line = "rpmsg_platform_driver.c:100\n";
    const std::string printed = out.str();
    EXPECT_THAT(printed, testing::StartsWith(line + line + line));
    EXPECT_THAT(printed, EndsWith(line));
    EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 5);
}

TEST(Addr2line, NamesAFileThatItCannotRead) {
    const auto reader = Addr2line::open("notes.txt", Bytes::own("text"));
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().text(), "notes.txt: not an ELF file");
}

}  // namespace
}  // namespace stallsight
