#include "parsers/vmcore/ppc64_pages.h"

#include <array>

#include "base/endian.h"

namespace stallsight {

namespace {

constexpr unsigned linear = 0xc, book3e_virtual = 0x8;  // first hexadecimal digits of addresses

std::uint64_t bits(std::uint64_t value, unsigned low, unsigned count) {
    return value >> low & ((std::uint64_t{1} << count) - 1);
}

std::uint64_t of_linear(std::uint64_t address) {
    return bits(address, 0, 60);
}

std::optional<std::uint64_t> entry(const MemoryReader& read, std::uint64_t at, bool big_endian) {
    std::array<std::byte, 8> word{};
    if (!read(at, word)) return std::nullopt;
    return read_number({reinterpret_cast<const char*>(word.data()), word.size()}, big_endian);
}

}  // namespace

Ppc64Pages::Ppc64Pages(const Vmcoreinfo& info, bool big_endian) : big_endian_(big_endian) {
    if (const auto table = info.symbol("swapper_pg_dir")) root_ = of_linear(*table);
}

// vmalloc's area lies behind the linear mapping: of Book3S since 4.19, of Book3E (at 0x8 before) since 6.0, where
// it begins first.
std::optional<std::uint64_t> Ppc64Pages::physical(std::uint64_t address, const MemoryReader& read) const {
    constexpr unsigned linear_bits = 44;
    if (address >> 60 == linear && of_linear(address) >> linear_bits == 0) return of_linear(address);
    if (address >> 60 != linear && address >> 60 != book3e_virtual) return std::nullopt;
    const auto found = by_radix(address, read);
    return found ? found : by_book3e(address, read);
}

// Entries are big-endian whatever the kernel is. Each says how many bits of the address choose an entry of the next
// table; only the root does not.
std::optional<std::uint64_t> Ppc64Pages::by_radix(std::uint64_t address, const MemoryReader& read) const {
    constexpr std::uint64_t valid = std::uint64_t{1} << 63, leaf = std::uint64_t{1} << 62;
    constexpr std::uint64_t next_table = 0x0fffffffffffff00, page = 0x01fffffffffff000;
    constexpr unsigned address_bits = 52, root_bits = 13, largest_page = 30, smallest_page = 12;
    std::optional<std::uint64_t> table = root_;
    unsigned index_bits = root_bits, low = address_bits - root_bits;
    while (table && index_bits > 0) {
        const auto found = entry(read, *table + 8 * bits(address, low, index_bits), true);
        if (!found || (*found & valid) == 0) return std::nullopt;
        if (*found & leaf) {
            if (low > largest_page) return std::nullopt;  // a hash table's: an address
            return (*found & page) + bits(address, 0, low);
        }
        table = *found & next_table;
        index_bits = static_cast<unsigned>(bits(*found, 0, 5));
        if (index_bits + smallest_page > low) return std::nullopt;
        low -= index_bits;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> Ppc64Pages::by_book3e(std::uint64_t address, const MemoryReader& read) const {
    constexpr unsigned page_bits = 12, page_number = 24;  // PAGE_SHIFT, PTE_RPN_SHIFT
    constexpr unsigned table_bits[] = {9, 9, 7, 9};       // of pgd, p4d and pud, pmd, pte
    constexpr std::uint64_t present = 1;
    std::optional<std::uint64_t> table = root_;
    unsigned low = page_bits + 9 + 7 + 9 + 9;
    std::uint64_t found = 0;
    for (const unsigned width : table_bits) {
        low -= width;
        const auto next = table ? entry(read, *table + 8 * bits(address, low, width), big_endian_) : std::nullopt;
        if (!next) return std::nullopt;
        found = *next;
        const bool is_last = low == page_bits;
        if (!is_last && found >> 60 != linear) return std::nullopt;
        table = of_linear(found);
    }
    if ((found & present) == 0) return std::nullopt;
    return (found >> page_number << page_bits) + bits(address, 0, page_bits);
}

}  // namespace stallsight
