#include "base/memory.h"

#include <algorithm>
#include <array>

#include "base/endian.h"

namespace stallsight {

std::int64_t sign_extended(std::uint64_t value, unsigned bits) {
    if (bits == 0 || bits >= 64) return static_cast<std::int64_t>(value);
    const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
    return static_cast<std::int64_t>(((value & (2 * sign - 1)) ^ sign) - sign);
}

const Memory::Page& Memory::page(std::uint64_t address) const {
    Page& kept = pages_[address / page_size % pages_.size()];
    if (kept.address != address) {
        kept.address = address;
        kept.bytes.resize(page_size);
        kept.readable = reader_(address, kept.bytes);
    }
    return kept;
}

bool Memory::read(std::uint64_t address, std::span<std::byte> out) const {
    const std::uint64_t start = address & ~(page_size - 1);
    if (out.size() > page_size || address + out.size() > start + page_size) return reader_(address, out);
    const Page& found = page(start);
    if (!found.readable) return reader_(address, out);  // a part of the page may be there
    std::copy_n(found.bytes.begin() + static_cast<std::ptrdiff_t>(address - start), out.size(), out.begin());
    return true;
}

std::optional<std::uint64_t> Memory::number(std::uint64_t address, std::size_t size) const {
    std::array<char, 8> bytes{};
    if (size == 0 || size > bytes.size()) return std::nullopt;
    if (!read(address, std::as_writable_bytes(std::span(bytes.data(), size)))) return std::nullopt;
    return read_number({bytes.data(), size}, big_endian_);
}

std::optional<std::int64_t> Memory::signed_number(std::uint64_t address, std::size_t size) const {
    const auto value = number(address, size);
    if (!value) return std::nullopt;
    return sign_extended(*value, static_cast<unsigned>(8 * size));
}

std::string Memory::text(std::uint64_t address, std::size_t longest) const {
    std::string text;
    for (std::byte next{}; text.size() < longest && read(address + text.size(), {&next, 1}) && next != std::byte{};)
        text += static_cast<char>(next);
    return text;
}

}  // namespace stallsight
