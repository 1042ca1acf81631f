// Page tables that a test has laid out, as the kernel's source says.
#include "parsers/vmcore/ppc64_pages.h"

#include <gtest/gtest.h>

#include <map>

namespace stallsight {
namespace {

// Physical memory, big-endian, a word at a place.
class Words {
public:
    void put(std::uint64_t at, std::uint64_t value) { words_[at] = value; }
    [[nodiscard]] MemoryReader reader() const {
        return [this](std::uint64_t at, std::span<std::byte> out) {
            const auto word = words_.find(at);
            if (word == words_.end() || out.size() != 8) return false;
            for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(word->second >> (56 - 8 * i));
            return true;
        };
    }

private:
    std::map<std::uint64_t, std::uint64_t> words_;
};

const Vmcoreinfo info("SYMBOL(swapper_pg_dir)=c000000001000000\n");

TEST(Ppc64Pages, LinearMapping) {
    const Ppc64Pages pages({}, true);
    const Words nothing;
    EXPECT_EQ(pages.physical(0xc000000012345678, nothing.reader()), 0x12345678u);
    EXPECT_FALSE(pages.physical(0xc008000000000000, nothing.reader()));
    EXPECT_FALSE(pages.physical(0x00007fff12345678, nothing.reader()));
}

// arch/powerpc/mm/book3s64/radix_pgtable.c: 13, 9, 9 and 5 bits, pages of 64 KiB.
TEST(Ppc64Pages, Radix) {
    constexpr std::uint64_t valid = 0x8000000000000000, leaf = 0x4000000000000000;
    Words words;
    words.put(0x1000000 + 8 * 0x1000, valid | 0x2000000 | 9);  // 0xc008: bit 51 of the address
    words.put(0x2000000, valid | 0x3000000 | 9);
    words.put(0x3000000, valid | 0x4000000 | 5);
    words.put(0x4000000 + 8 * 3, valid | leaf | 0x7770000 | 0x18f);
    words.put(0x3000000 + 8, valid | leaf | 0x8000000);  // a page of 2 MiB
    const Ppc64Pages pages(info, false);  // the tables' byte order is the machine's, not the kernel's
    EXPECT_EQ(pages.physical(0xc008000000031234, words.reader()), 0x7771234u);
    EXPECT_EQ(pages.physical(0xc0080000002fedcc, words.reader()), 0x80fedccu);
    EXPECT_FALSE(pages.physical(0xc008000000041234, words.reader()));  // not in the dump
    words.put(0x4000000 + 8 * 4, leaf | 0x7770000);                    // not valid
    EXPECT_FALSE(pages.physical(0xc008000000041234, words.reader()));
}

TEST(Ppc64Pages, RadixTablesThatLeadNowhereEnd) {
    Words words;
    words.put(0x1000000 + 8 * 0x1000, 0x8000000000000000 | 0x2000000 | 31);  // an impossible width
    EXPECT_FALSE(Ppc64Pages(info, true).physical(0xc008000000031234, words.reader()));
}

// arch/powerpc/include/asm/nohash/64/pgtable-4k.h, pte-e500.h: 9, 9, 7 and 9 bits; entries are addresses.
TEST(Ppc64Pages, Book3e) {
    Words words;
    words.put(0x1000000 + 8 * 0x80, 0xc000000002000000);  // 0xc0001: bit 44 of the address
    words.put(0x2000000, 0xc000000003000000);
    words.put(0x3000000, 0xc000000004000000);
    words.put(0x4000000 + 8 * 0x31, 0xabc000001);  // page 0xabc of memory, present
    words.put(0x4000000 + 8 * 0x32, 0xabd000000);
    const Ppc64Pages pages(info, true);
    EXPECT_EQ(pages.physical(0xc000100000031c48, words.reader()), 0xabcc48u);
    EXPECT_FALSE(pages.physical(0xc000100000032c48, words.reader()));
    words.put(0x1000000, 0xc000000002000000);  // before 6.0
    EXPECT_EQ(pages.physical(0x8000000000031000, words.reader()), 0xabc000u);
}

}  // namespace
}  // namespace stallsight
