// The one pass over all bytes (Vectorscan), on all cores; line ends are counted on the way. Memory grows with what
// is found, not with the log.
//
// Two steps: a few heads, rare in what a healthy kernel prints, are searched for everywhere, and all literals only
// in the lines that hold a head. Thirty heads are found at twice the speed of a hundred literals.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/progress.h"

namespace stallsight {

struct Literal {
    std::string_view text;
    // Of a literal at most `samples` places are kept for the whole log, evenly spread; 0: all.
    std::size_t samples = 0;
};

struct Head {
    std::string_view text;
    // All literals are searched for in so many bytes from the head's line on: what a boot says of itself stands
    // behind its banner.
    std::uint64_t reach = 0;
    // Only the literals that hold it are looked for, and right there: a healthy log may be full of them.
    bool common = false;
};

struct Search {
    std::vector<Head> heads;
    std::vector<Literal> literals;
    std::uint64_t start = 0;  // so many bytes at the start of the text are searched for all literals
};

struct Place {
    std::uint64_t offset = 0;
    std::uint32_t literal = 0;  // index
};

struct Sweep {
    std::vector<Place> places;            // by offset
    std::vector<std::uint32_t> newlines;  // one number a LineIndex block
    std::vector<bool> thinned;            // one a literal: not all of its places were kept
};

Sweep sweep(std::string_view text, const Search& search, const Progress& progress);

}  // namespace stallsight
