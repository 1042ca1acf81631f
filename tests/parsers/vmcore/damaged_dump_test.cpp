// Dumps with bytes changed, cut off and moved: each is a clear error or a partial result, in bounded time.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "parsers/vmcore/printk.h"
#include "tests/support/captured_dump.h"
#include "tests/support/damaged_file.h"

namespace stallsight {
namespace {

constexpr int variants = 500;

// No damage may cost more: libkdumpfile's process is given up after 20 s.
constexpr auto longest = std::chrono::seconds(60);

// Reads all that there is to read without debug info; returns whether there was a log.
bool survives(const std::string& file) {
    const auto dump = Dump::open({{"damaged", Bytes::own(file), ""}});
    if (!dump) {
        EXPECT_EQ(dump.error().path, "damaged");
        EXPECT_NE(dump.error().what, "");
        return false;
    }
    std::array<std::byte, 64> out{};
    for (std::uint64_t address = 0; address < 0x80000; address += 0x3ff8) {
        (void)dump->read_physical(address, out);
        (void)dump->read(0xffffffff80000000 + address, out);
    }
    const auto log = read_printk(*dump);
    if (!log) {
        EXPECT_EQ(log.error().path, "damaged");
        return false;
    }
    EXPECT_LT(text_of(*log).size(), 64U << 20U);
    return true;
}

void damage(const std::string& file, unsigned seed, int count) {
    ASSERT_TRUE(survives(file));
    std::mt19937 random(seed);
    int logs = 0;
    for (int i = 0; i < count; ++i) {
        const auto start = std::chrono::steady_clock::now();
        logs += survives(test::damaged(file, random)) ? 1 : 0;
        EXPECT_LT(std::chrono::steady_clock::now() - start, longest) << "variant " << i;
    }
    // Not all damage is fatal, and some is: else nothing was tested.
    EXPECT_GT(logs, count / 10);
    EXPECT_LT(logs, count);
}

// Made with tests/support/made_dump.h: a log_buf of 128 records; the flattened one is the kdump-compressed one.
class DamagedDump : public testing::TestWithParam<const char*> {};

TEST_P(DamagedDump, IsAnErrorOrAPartialResult) {
    const auto path = std::filesystem::path(STALLSIGHT_SOURCE_DIR) / "tests/data/vmcore" / GetParam();
    const auto bytes = Bytes::map_file(path.string());
    ASSERT_TRUE(bytes) << bytes.error().text();
    const auto dump = open_dump(path);
    ASSERT_TRUE(dump) << dump.error().text();
    const auto log = read_printk(*dump);
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(log->records.size(), 128);
    damage(std::string(bytes->view()), 1, variants);
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedDump,
                         testing::Values("log_buf.elf", "log_buf.kdump", "log_buf.flattened"));

}  // namespace
}  // namespace stallsight
