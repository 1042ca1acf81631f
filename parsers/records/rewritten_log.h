// A log whose lines are not one record each, written anew as plain kernel lines. Neither its text nor where each
// line came from is kept in memory: the text of all but small logs goes to a private temporary file that is mapped,
// and of the origins only where each piece of the log begins; the piece is written anew when one is asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"

namespace stallsight {

// Where a line of the rewritten text came from.
struct LineOrigin {
    std::uint64_t line = 0;    // counts from 1
    std::uint64_t offset = 0;  // of the line's, or the journal entry's, first byte
};

// A part of the log that can be written anew for itself.
struct Piece {
    std::uint64_t offset = 0, size = 0;
    std::uint64_t line = 0;   // that begins at `offset`; 0: counted on from the piece in front of this one
    std::uint64_t first = 0;  // the first line of the rewritten text that begins in this piece
};

// What becomes of one piece.
class LineWriter {
public:
    LineWriter() = default;
    // Keeps the origins, too.
    explicit LineWriter(std::vector<LineOrigin>& origins) : origins_(&origins) {}

    // A line begins; up to its line end it is what is put behind `text` from now on. origin.line counts from 0
    // within the piece.
    void begin(LineOrigin origin) {
        ++lines_;
        if (origins_ != nullptr) origins_->push_back(origin);
    }
    // A whole line, or several when it holds line ends, each behind `prefix`.
    void add(std::string_view prefix, std::string_view lines, LineOrigin origin);

    [[nodiscard]] std::uint64_t lines() const { return lines_; }
    void clear();

    std::string text;
    std::uint64_t source_lines = 0;  // line ends in the piece

private:
    std::uint64_t lines_ = 0;
    std::vector<LineOrigin>* origins_ = nullptr;
};

using Rewrite = std::function<void(std::string_view source, const Piece& piece, LineWriter& out)>;

class RewrittenLog {
public:
    // `pieces` in the order of the new text. Works on all cores; fails when the temporary file cannot be written.
    // `source` must outlive this.
    static Result<RewrittenLog> write(std::string_view source, std::vector<Piece> pieces, Rewrite rewrite,
                                      const Progress& progress = {});

    [[nodiscard]] std::string_view text() const { return text_.view(); }
    [[nodiscard]] std::uint64_t lines() const { return lines_; }

private:
    friend class Origins;

    std::string_view source_;
    std::vector<Piece> pieces_;
    Rewrite rewrite_;
    Bytes text_;
    std::uint64_t lines_ = 0;
};

// Answers where lines came from; quick where questions are about lines that stand together. Not for several threads
// at once.
class Origins {
public:
    explicit Origins(const RewrittenLog& log) : log_(log) {}

    // Of line `line` of the rewritten text, from 1; nothing when there is no such line.
    [[nodiscard]] std::optional<LineOrigin> of(std::uint64_t line);

private:
    const RewrittenLog& log_;
    const Piece* piece_ = nullptr;     // the one that `origins_` are of
    std::vector<LineOrigin> origins_;  // lines count from 0 within it
};

// A longer line is taken in parts.
constexpr std::size_t longest_part = std::size_t{1} << 20U;
// Behind the line end at or behind `at`, but not more than `longest_part` behind it.
std::size_t next_line(std::string_view text, std::size_t at);

// Calls take(line, origin) for each line of a piece, without its line end, and counts them.
template <class Take>
void each_line(std::string_view source, const Piece& piece, LineWriter& out, const Take& take) {
    const std::string_view text = source.substr(0, piece.offset + piece.size);
    for (std::size_t at = piece.offset; at < text.size();) {
        const std::size_t next = next_line(text, at);
        std::string_view line = text.substr(at, next - at);
        const LineOrigin origin{out.source_lines, at};
        if (line.ends_with('\n')) {
            line.remove_suffix(1);
            ++out.source_lines;
        }
        take(line, origin);
        at = next;
    }
}

// Cuts what stands from `from` on into pieces of a useful size, in order. `start` tells where the first record at
// or behind `at` begins; text.size() when there is none.
std::vector<Piece> divide(std::string_view text, std::size_t from,
                          std::size_t (*start)(std::string_view text, std::size_t at));

}  // namespace stallsight
