// Each way in which makedumpfile packs pages, by the library that it packs them with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/support/made_dump.h"

namespace stallsight {
namespace {

constexpr std::size_t room = 2 * 4096;  // more than any of them needs for a page that does not shrink

const unsigned char* bytes_of(std::string_view page) {
    return reinterpret_cast<const unsigned char*>(page.data());
}

std::string by_zlib(std::string_view page) {
    std::string out(room, '\0');
    uLongf size = out.size();
    EXPECT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &size, bytes_of(page), page.size()), Z_OK);
    return out.substr(0, size);
}

std::string by_lzo(std::string_view page) {
    std::string out(room, '\0'), work(LZO1X_1_MEM_COMPRESS, '\0');
    lzo_uint size = out.size();
    EXPECT_EQ(lzo_init(), LZO_E_OK);
    EXPECT_EQ(
        lzo1x_1_compress(bytes_of(page), page.size(), reinterpret_cast<lzo_bytep>(out.data()), &size, work.data()),
        LZO_E_OK);
    return out.substr(0, size);
}

std::string by_snappy(std::string_view page) {
    std::string out(room, '\0');
    std::size_t size = out.size();
    EXPECT_EQ(snappy_compress(page.data(), page.size(), out.data(), &size), SNAPPY_OK);
    return out.substr(0, size);
}

std::string by_zstd(std::string_view page) {
    std::string out(room, '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), page.data(), page.size(), ZSTD_CLEVEL_DEFAULT);
    EXPECT_EQ(ZSTD_isError(size), 0u);
    return out.substr(0, size);
}

struct NamedPacking {
    const char* name;
    PagePacking packing;
};

class PackedPages : public testing::TestWithParam<NamedPacking> {};

TEST_P(PackedPages, AreReadAsTheyWere) {
    for (const auto machine : {MadeDump::Machine::x86_64, MadeDump::Machine::ppc64}) {
        MadeDump made(machine);
        std::string mixed;  // does not shrink much
        for (std::uint32_t i = 0, word = 1; i < 8192; ++i)
            mixed += static_cast<char>((word = word * 1664525 + 1013904223) >> 24);
        made.bytes(0x20000, mixed);
        made.bytes(0x30000, "a page of zeroes but for this");
        const std::string file = made.kdump(0, 0, GetParam().packing);
        if (machine == MadeDump::Machine::x86_64) {
            EXPECT_LT(file.size(), made.kdump().size() / 2);
        }
        const auto dump = Dump::open({{"packed", Bytes::own(file), ""}});
        ASSERT_TRUE(dump) << dump.error().text();
        EXPECT_EQ(dump->vmcoreinfo().value("OSRELEASE"), "5.4.0-made");
        std::string read(mixed.size(), '\0');
        ASSERT_TRUE(dump->read(made.base() + 0x20000, std::as_writable_bytes(std::span(read)))) << dump->failure();
        EXPECT_EQ(read, mixed);
        EXPECT_EQ(dump->read_number(made.base() + 0x30000, 1), 'a') << dump->failure();
        EXPECT_THAT(dump->problems(), testing::IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Each, PackedPages,
                         testing::Values(NamedPacking{"zlib", {0x1, by_zlib}}, NamedPacking{"lzo", {0x2, by_lzo}},
                                         NamedPacking{"snappy", {0x4, by_snappy}},
                                         NamedPacking{"zstd", {0x20, by_zstd}}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stallsight
