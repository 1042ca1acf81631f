// Numbers in the bits of instructions.
#pragma once

#include <cstdint>
#include <string_view>

namespace stallsight {

inline std::uint64_t word_of(std::string_view bytes, bool big_endian) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        word = word << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
    return word;
}

inline std::int64_t sign_extended(std::uint32_t value, int bits) {
    const std::int64_t sign = std::int64_t{1} << (bits - 1);
    return (static_cast<std::int64_t>(value) ^ sign) - sign;
}

}  // namespace stallsight
