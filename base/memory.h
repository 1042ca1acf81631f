// A kernel's memory, as a dump holds it: bytes by virtual address, and numbers in the kernel's byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stallsight {

// False: not all of these bytes are in the dump; `out` may have been written to.
using MemoryReader = std::function<bool(std::uint64_t address, std::span<std::byte> out)>;

// Small reads come from a few pages that are kept. Not safe from several threads at once.
class Memory {
public:
    Memory(MemoryReader reader, bool big_endian) : reader_(std::move(reader)), big_endian_(big_endian) {}

    [[nodiscard]] bool big_endian() const { return big_endian_; }
    bool read(std::uint64_t address, std::span<std::byte> out) const;
    // An unsigned number of 1 to 8 bytes; nothing where the dump lacks it.
    [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t address, std::size_t size) const;
    [[nodiscard]] std::optional<std::int64_t> signed_number(std::uint64_t address, std::size_t size) const;
    [[nodiscard]] std::optional<std::uint64_t> pointer(std::uint64_t address) const { return number(address, 8); }
    // Up to its NUL, or `longest` bytes, or where the dump ends.
    [[nodiscard]] std::string text(std::uint64_t address, std::size_t longest) const;

private:
    static constexpr std::uint64_t page_size = 4096;
    struct Page {
        std::uint64_t address = 1;  // of no page
        bool readable = false;
        std::vector<std::byte> bytes;
    };
    const Page& page(std::uint64_t address) const;

    MemoryReader reader_;
    bool big_endian_;
    mutable std::vector<Page> pages_ = std::vector<Page>(64);  // by the low bits of the page's number
};

// A number of `bits` bits, with its sign.
std::int64_t sign_extended(std::uint64_t value, unsigned bits);

}  // namespace stallsight
