#include "symbolizer/symbol_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stallsight {
namespace {

class SymbolsAt : public testing::TestWithParam<const char*> {};

TEST_P(SymbolsAt, AreThoseOfTheTable) {
    const auto bytes = Bytes::map_file(GetParam());
    ASSERT_TRUE(bytes);
    const auto elf = ElfFile::open(GetParam(), *bytes);
    ASSERT_TRUE(elf);
    const SymbolTable table(**elf);
    std::vector<std::uint64_t> addresses = {0, ~std::uint64_t{0}};
    for (const ElfSection& section : (*elf)->sections())
        for (std::uint64_t offset = 0; section.holds_code() && offset <= section.size; offset += 3)
            addresses.push_back(section.address + offset);
    std::sort(addresses.begin(), addresses.end());
    ASSERT_GT(addresses.size(), 50u);
    const std::vector<Symbol> found = symbols_at(**elf, addresses);
    ASSERT_EQ(found.size(), addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const Symbol* expected = table.at(addresses[i]);
        ASSERT_EQ(found[i].name, expected ? expected->name : "") << std::hex << addresses[i];
        if (!expected) continue;
        EXPECT_EQ(found[i].address, expected->address);
        EXPECT_EQ(found[i].size, expected->size);
    }
}

INSTANTIATE_TEST_SUITE_P(Of, SymbolsAt,
                         testing::Values(STALLSIGHT_BIN_DIR "/test_kernel",
                                         STALLSIGHT_SOURCE_DIR
                                         "/tests/data/modules/x86_64/rpmsg_platform_driver.ko",
                                         STALLSIGHT_SOURCE_DIR
                                         "/tests/data/modules/ppc64/rpmsg_platform_driver.ko"));

}  // namespace
}  // namespace stallsight
