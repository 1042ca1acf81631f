#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

namespace stallsight {
namespace {

const std::string modules = std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/x86_64";
const std::string program = std::string(STALLSIGHT_BIN_DIR) + "/stallsight symbolize ";

std::string output_of(const std::string& command) {
    std::string text;
    std::array<char, 4096> part;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return "popen failed";
    for (std::size_t count; (count = fread(part.data(), 1, part.size(), pipe)) > 0;)
        text.append(part.data(), count);
    pclose(pipe);
    return text;
}

TEST(SymbolizeCommand, AnnotatesStackEntriesAndNothingElse) {
    const std::string log =
        "[    4.100000] Call Trace:\\n"
        "[    4.200000]  nokia_rpmsg_notify+0x1a/0x40 [rpmsg_platform_driver]\\n"
        "[    4.300000]  other+0x1/0x2 [no_such_module]\\n"
        "no line end";
    const std::string file =
        " (/usr/src/lab/modules-build-x86_64/rpmsg_platform_driver/rpmsg_platform_driver.c:100)";
    EXPECT_EQ(output_of("printf '" + log + "' | " + program + "--debug-dir " + modules),
              "[    4.100000] Call Trace:\n"
              "[    4.200000]  nokia_rpmsg_notify+0x1a/0x40 [rpmsg_platform_driver]" +
                  file + "\n[    4.300000]  other+0x1/0x2 [no_such_module]\nno line end");
}

TEST(SymbolizeCommand, AnswersAddressesAsAddr2lineDoes) {
    const std::string file = modules + "/rpmsg_platform_driver.ko";
    EXPECT_EQ(output_of("echo 0x89 | " + program + "--addr2line -s -a -f -i -e " + file),
              "0x0000000000000089\nnokia_rpmsg_notify\nrpmsg_platform_driver.c:100\n");
    EXPECT_EQ(output_of(program + "--addr2line -e /no/such/file </dev/null 2>&1; echo $?").substr(0, 27),
              "stallsight: /no/such/file: ");
}

}  // namespace
}  // namespace stallsight
