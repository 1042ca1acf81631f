#include "parsers/records/newlines.h"

#include <algorithm>

namespace stallsight {

namespace {

// Sums of at most 255 comparisons fit a byte, so that the compiler keeps whole vectors of byte counters.
// target_clones picks the widest vectors that this machine has, at load time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
__attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif
std::uint64_t
count(const char* text, std::size_t size) {
    constexpr std::size_t lanes = 64;
    std::uint64_t total = 0;
    std::size_t at = 0;
    while (size - at >= lanes) {
        const std::size_t rounds = std::min<std::size_t>((size - at) / lanes, 255);
        unsigned char sums[lanes] = {};
        for (std::size_t r = 0; r < rounds; ++r, at += lanes) {
            for (std::size_t i = 0; i < lanes; ++i) {
                sums[i] = static_cast<unsigned char>(sums[i] + (text[at + i] == '\n' ? 1 : 0));
            }
        }
        for (const unsigned char sum : sums) total += sum;
    }
    for (; at < size; ++at) total += text[at] == '\n' ? 1 : 0;
    return total;
}

}  // namespace

std::uint64_t count_newlines(std::string_view text) {
    return count(text.data(), text.size());
}

}  // namespace stallsight
