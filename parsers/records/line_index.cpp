#include "parsers/records/line_index.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"
#include "parsers/records/newlines.h"

namespace stallsight {

LineIndex::LineIndex(std::string_view text) {
    constexpr std::size_t batch = 64;
    std::vector<std::uint32_t> counts((text.size() + block_bytes - 1) / block_bytes);
    parallel_for(counts.size(), batch, [&](std::size_t block) {
        counts[block] = static_cast<std::uint32_t>(count_newlines(text.substr(block * block_bytes, block_bytes)));
    });
    *this = LineIndex(text, counts);
}

LineIndex::LineIndex(std::string_view text, const std::vector<std::uint32_t>& newlines_per_block) {
    newlines_before_.reserve(newlines_per_block.size());
    std::uint64_t sum = 0;
    for (const std::uint32_t count : newlines_per_block) {
        newlines_before_.push_back(sum);
        sum += count;
    }
    lines_ = sum + (!text.empty() && text.back() != '\n' ? 1 : 0);
}

std::uint64_t LineIndex::line_at(std::string_view text, std::uint64_t offset) const {
    if (newlines_before_.empty()) return 1;
    offset = std::min<std::uint64_t>(offset, text.size());
    const std::uint64_t block = std::min<std::uint64_t>(offset / block_bytes, newlines_before_.size() - 1);
    const std::uint64_t start = block * block_bytes;
    return newlines_before_[block] + count_newlines(text.substr(start, offset - start)) + 1;
}

std::uint64_t LineIndex::offset_of(std::string_view text, std::uint64_t line) const {
    if (line <= 1) return 0;
    if (line > lines_) return text.size();
    // The last block with fewer newlines before it than the line needs holds the newline that ends line - 1.
    const auto next = std::lower_bound(newlines_before_.begin(), newlines_before_.end(), line - 1);
    const auto block = static_cast<std::uint64_t>(next - newlines_before_.begin()) - 1;
    std::uint64_t wanted = line - 1 - newlines_before_[block];
    std::uint64_t at = block * block_bytes;
    while (wanted > 0 && at < text.size()) {
        const void* hit = std::memchr(text.data() + at, '\n', text.size() - at);
        if (hit == nullptr) return text.size();
        at = static_cast<std::uint64_t>(static_cast<const char*>(hit) - text.data()) + 1;
        --wanted;
    }
    return at;
}

std::string_view LineIndex::line_text(std::string_view text, std::uint64_t line) const {
    if (line == 0 || line > lines_) return {};
    const std::uint64_t start = offset_of(text, line);
    const std::uint64_t end = std::min<std::uint64_t>(text.find('\n', start), text.size());
    std::string_view out = text.substr(start, end - start);
    if (out.ends_with('\r')) out.remove_suffix(1);
    return out;
}

}  // namespace stallsight
