// Dumps with bytes changed, cut off and moved: each is a clear error or a partial result, in bounded time.
#include <gtest/gtest.h>

#include <random>

#include "parsers/vmcore/printk.h"
#include "tests/support/captured_dump.h"

namespace stallsight {
namespace {

constexpr int variants = 500;

// Three of four changes hit the first 20 KiB, where headers, bitmaps and descriptors lie.
std::string damaged(std::string file, std::mt19937& random) {
    const auto below = [&](std::size_t most) { return random() % most; };
    if (below(4) == 0) return file.substr(0, below(file.size()));
    static constexpr std::array<unsigned char, 5> values = {0, 1, 0x7f, 0x80, 0xff};
    for (std::size_t i = 1 + below(8); i > 0; --i) {
        const std::size_t at = below(below(4) != 0 ? std::min<std::size_t>(file.size(), 20480) : file.size());
        const std::size_t width = std::min<std::size_t>(std::size_t{1} << below(4), file.size() - at);
        for (std::size_t k = 0; k < width; ++k)
            file[at + k] = static_cast<char>(below(2) != 0 ? values[below(values.size())] : below(256));
    }
    return file;
}

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
    for (int i = 0; i < count; ++i) logs += survives(damaged(file, random)) ? 1 : 0;
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

TEST(DamagedDumps, OfARealMachine) {
    const auto path = captured_dumps / "vmcore.makedumpfile-d31-zlib";
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << "no captures at " << captured_dumps;
    }
    const auto bytes = Bytes::map_file(path.string());
    ASSERT_TRUE(bytes);
    damage(std::string(bytes->view()), 3, variants / 5);
}

}  // namespace
}  // namespace stallsight
