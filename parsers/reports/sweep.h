// The one pass over all bytes: every literal that can start something is searched for at once (Vectorscan), and
// line ends are counted on the way. All cores; memory grows with what is found, not with the log.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/progress.h"

namespace stallsight {

struct Literal {
    std::string_view text;
    // Of a common literal at most `samples` places are kept for the whole log, evenly spread; 0: all.
    std::size_t samples = 0;
};

struct Place {
    std::uint64_t offset = 0;
    std::uint32_t literal = 0;  // index
};

struct Sweep {
    std::vector<Place> places;            // by offset
    std::vector<std::uint32_t> newlines;  // one number a LineIndex block
    bool thinned = false;
};

Sweep sweep(std::string_view text, const std::vector<Literal>& literals, const Progress& progress);

}  // namespace stallsight
