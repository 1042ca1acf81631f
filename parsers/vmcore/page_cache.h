// The pieces of a dump's memory that were read last: 4 MB, however large the dump is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stallsight {

class PageCache {
public:
    static constexpr std::size_t piece_bytes = 4096;  // the smallest page of all machines
    static constexpr std::size_t pieces = 1024;

    // `fetch(address, out)` reads a whole piece; whether all of `out` was read.
    template <class Fetch>
    bool read(std::uint64_t address, std::span<std::byte> out, const Fetch& fetch) {
        while (!out.empty()) {
            const std::uint64_t start = address / piece_bytes * piece_bytes;
            Piece& piece = pieces_[address / piece_bytes % pieces];
            if (!piece.known || piece.address != start) {
                piece.bytes.resize(piece_bytes);
                piece.address = start;
                piece.known = fetch(start, std::span<std::byte>(piece.bytes));
                if (!piece.known) return false;
            }
            const std::size_t part = std::min<std::size_t>(out.size(), start + piece_bytes - address);
            std::copy_n(piece.bytes.begin() + static_cast<std::ptrdiff_t>(address - start), part, out.begin());
            out = out.subspan(part);
            address += part;
        }
        return true;
    }

    void clear() {
        for (Piece& piece : pieces_) piece.known = false;
    }

private:
    struct Piece {
        bool known = false;
        std::uint64_t address = 0;
        std::vector<std::byte> bytes;
    };
    std::vector<Piece> pieces_ = std::vector<Piece>(pieces);
};

}  // namespace stallsight
