// Line number <-> byte offset, for logs of any size: one entry a block of bytes, so memory stays far below a
// byte a line; a look-up counts newlines inside one block.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stallsight {

class LineIndex {
public:
    static constexpr std::uint64_t block_bytes = std::uint64_t{16} * 1024;

    LineIndex() = default;
    explicit LineIndex(std::string_view text);
    // From newlines that a scan counted on its way: one number a block of block_bytes.
    LineIndex(std::string_view text, const std::vector<std::uint32_t>& newlines_per_block);

    // Lines of the text; a last line without a line end counts.
    [[nodiscard]] std::uint64_t lines() const { return lines_; }
    // Number, from 1, of the line that holds the byte at `offset`.
    [[nodiscard]] std::uint64_t line_at(std::string_view text, std::uint64_t offset) const;
    // Offset of the first byte of line `line` (from 1); text.size() when there is no such line.
    [[nodiscard]] std::uint64_t offset_of(std::string_view text, std::uint64_t line) const;
    // The line without its line end (LF, CRLF).
    [[nodiscard]] std::string_view line_text(std::string_view text, std::uint64_t line) const;

private:
    std::vector<std::uint64_t> newlines_before_;  // per block: newlines in all blocks before it
    std::uint64_t lines_ = 0;
};

}  // namespace stallsight
