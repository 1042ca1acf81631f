// The source places of one compilation unit in flat arrays: built from DWARF by unit_reader.h, or mapped from the
// cache. Everything is in the machine's byte order.
//
//   UnitHead | Row[rows] | Piece[pieces] | Scope[scopes] | path of File[files] | text (strings, each with its NUL)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "symbolizer/symbolizer.h"

namespace stallsight {

struct UnitHead {
    std::uint64_t base = 0;  // address that offsets count from
    std::uint32_t rows = 0, pieces = 0, scopes = 0, files = 0, text = 0, unused = 0;
};

// From this address on, up to the next row.
struct LineRow {
    std::uint32_t offset, line;
    std::uint32_t file;  // 0: no line is known
    std::uint32_t discriminator;
};

// From this address on, up to the next piece.
struct ScopePiece {
    std::uint32_t offset;
    std::uint32_t scope;  // the innermost; no_scope between functions
};

// A function, or a body inlined into `parent`.
struct Scope {
    std::uint32_t parent;  // no_scope: a function of its own
    std::uint32_t name;    // in the text
    std::uint32_t call_file, call_line;
};
constexpr std::uint32_t no_scope = ~std::uint32_t{0};

// What a table is made of. `write` gives the bytes that `view` reads.
struct UnitParts {
    std::uint64_t base = 0;
    std::vector<LineRow> rows;         // by offset
    std::vector<ScopePiece> pieces;    // by offset
    std::vector<Scope> scopes;         // a parent before its children
    std::vector<std::uint32_t> files;  // in the text; the first one is no file
    std::string text;

    [[nodiscard]] std::string write() const;
};

class UnitTable {
public:
    // Nothing where the bytes are not as long as their head says. They must be aligned to 8 and stay valid.
    static std::optional<UnitTable> view(std::string_view bytes);

    // Innermost first; empty where nothing is known of the address.
    [[nodiscard]] std::vector<SourcePlace> places(std::uint64_t address) const;

private:
    [[nodiscard]] std::string_view text_at(std::uint32_t offset) const;
    [[nodiscard]] std::string path(std::uint32_t file) const;

    UnitHead head_;
    const LineRow* rows_ = nullptr;
    const ScopePiece* pieces_ = nullptr;
    const Scope* scopes_ = nullptr;
    const std::uint32_t* files_ = nullptr;
    std::string_view text_;
};

}  // namespace stallsight
