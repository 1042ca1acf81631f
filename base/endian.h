// Numbers in files of another machine's byte order.
#pragma once

#include <cstdint>
#include <string_view>

namespace stallsight {

// The unsigned number that `bytes` hold (at most eight count); missing bytes are none.
constexpr std::uint64_t read_number(std::string_view bytes, bool big_endian) {
    bytes = bytes.substr(0, 8);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t at = big_endian ? i : bytes.size() - 1 - i;
        number = number << 8U | static_cast<unsigned char>(bytes[at]);
    }
    return number;
}

// `size` bytes of it at `offset`; what lies beyond the end is none.
constexpr std::uint64_t read_number_at(std::string_view bytes, std::uint64_t offset, std::size_t size,
                                       bool big_endian) {
    return offset < bytes.size() ? read_number(bytes.substr(offset, size), big_endian) : 0;
}

}  // namespace stallsight
