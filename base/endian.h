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

}  // namespace stallsight
