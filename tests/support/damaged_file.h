// A dump file with bytes changed or cut off, by the numbers that a test draws.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <string>

namespace stallsight::test {

// One of four is cut off. Three of four changes hit the first 20 KiB, where headers, bitmaps and descriptors lie.
inline std::string damaged(std::string file, std::mt19937& random) {
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

}  // namespace stallsight::test
