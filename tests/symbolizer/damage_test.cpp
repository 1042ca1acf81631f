// Damaged ELF and DWARF: an error that names the file, or an answer; never a crash, never a hang.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "symbolizer/elf_file.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {
namespace {

constexpr const char* functions[] = {"nokia_rpmsg_notify",
                                     "nokia_rpmsg_poll_thread",
                                     "nokia_rpmsg_rx_thread",
                                     "nokia_rpmsg_init",
                                     "nokia_remote_send.isra.0",
                                     "caller",
                                     "tail_caller",
                                     "type_show"};

std::string module_bytes(const std::string& machine) {
    const std::string modules = std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/";
    const auto bytes = Bytes::map_file(machine == "kernel" ? std::string(STALLSIGHT_BIN_DIR) + "/test_kernel"
                                                           : modules + machine + "/rpmsg_platform_driver.ko");
    EXPECT_TRUE(bytes);
    return bytes ? std::string(bytes->view()) : std::string();
}

// Asks all that a file can be asked.
void use(const std::string& damaged) {
    Symbolizer symbolizer;
    const auto added = symbolizer.add("damaged.ko", Bytes::own(damaged));
    if (!added) {
        EXPECT_EQ(added.error().path, "damaged.ko");
        EXPECT_FALSE(added.error().what.empty());
        return;
    }
    for (const char* function : functions) {
        for (std::uint64_t offset = 4; offset < 0x100; offset += 20) {
            CodePlace place;
            place.function = function;
            place.offset = offset;
            place.module = added->module == "vmlinux" ? "" : added->module;
            place.callee = "mutex_lock";
            (void)symbolizer.resolve(place);
        }
    }
}

void flip_bytes(std::string& bytes, std::mt19937& random, int count) {
    for (int i = 0; i < count; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
}

class Damage : public testing::TestWithParam<const char*> {};

TEST_P(Damage, OfRandomBytes) {
    const std::string whole = module_bytes(GetParam());
    ASSERT_FALSE(whole.empty());
    std::mt19937 random(20260722);
    for (int variant = 0; variant < 400; ++variant) {
        std::string damaged = whole;
        flip_bytes(damaged, random, 1 << (variant % 10));
        SCOPED_TRACE(variant);
        use(damaged);
    }
}

// The headers, the section table and the symbols are small against the file: random bytes seldom meet them.
TEST_P(Damage, OfHeadersAndTables) {
    const std::string whole = module_bytes(GetParam());
    ASSERT_FALSE(whole.empty());
    std::mt19937 random(5079);
    for (int variant = 0; variant < 400; ++variant) {
        std::string damaged = whole;
        const std::size_t tail = std::min<std::size_t>(variant % 2 ? 64 : 64 * 50, damaged.size());
        const std::size_t start = variant % 2 ? 0 : damaged.size() - tail;
        for (int i = 0; i < 1 + variant % 7; ++i) damaged[start + random() % tail] = static_cast<char>(random());
        SCOPED_TRACE(variant);
        use(damaged);
    }
}

TEST_P(Damage, OfTruncation) {
    const std::string whole = module_bytes(GetParam());
    ASSERT_FALSE(whole.empty());
    for (std::size_t part = 0; part < 100; ++part) use(whole.substr(0, whole.size() * part / 100));
    for (std::size_t size = 0; size < 200; size += 3) use(whole.substr(0, size));
}

// At, before and behind every section's first and last byte.
TEST_P(Damage, OfTruncationAtSections) {
    const std::string whole = module_bytes(GetParam());
    ASSERT_FALSE(whole.empty());
    const auto elf = ElfFile::open("whole.ko", Bytes::own(whole));
    ASSERT_TRUE(elf);
    std::set<std::size_t> ends;
    for (const ElfSection& section : (*elf)->sections()) {
        GElf_Shdr header;
        if (!section.handle || !gelf_getshdr(section.handle, &header)) continue;
        for (const std::uint64_t end : {header.sh_offset, header.sh_offset + header.sh_size})
            for (const int step : {-1, 0, 1}) ends.insert(end + static_cast<std::uint64_t>(step));
    }
    ASSERT_GT(ends.size(), 20u);
    for (const std::size_t end : ends) use(whole.substr(0, std::min(end, whole.size())));
}

INSTANTIATE_TEST_SUITE_P(Modules, Damage, testing::Values("x86_64", "ppc64", "kernel"),
                         [](const auto& machine) { return std::string(machine.param); });

}  // namespace
}  // namespace stallsight
