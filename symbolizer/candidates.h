// The functions that a place of a log may be in, the one that fits best first.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "symbolizer/debug_files.h"

namespace stallsight {

// Where a place may be: a function of a file, and how well it fits.
struct Candidate {
    LoadedFile* file;
    const Symbol* symbol;
    int fit;
};

// Bits, the heavier reason first.
enum Fit {
    size_differs = 0,
    calls_namesake = 1,  // mutex_lock, where the stack has __mutex_lock.constprop.0: it may have ended in a jump
    is_a_call = 2,
    calls_callee = 4,
    size_unknown = 8,
    size_fits = 16,
    build_may_be = 32,
    build_id_fits = 64
};

std::vector<Candidate> find_candidates(DebugFiles& files, const CodePlace& place);

// The place's offset into the function. A kernel moves by multiples of 2 MB (CONFIG_PHYSICAL_ALIGN), a module's
// sections by pages: below that the address is the linked one's.
std::optional<std::uint64_t> offset_in(LoadedFile& file, const Symbol& symbol, const CodePlace& place);

// The call before a return address. The file's mutex is held.
Call call_before(const Candidate& candidate, std::uint64_t offset, const CodePlace& place);

}  // namespace stallsight
