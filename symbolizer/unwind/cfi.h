// Unwinding by DWARF's call frame information (.debug_frame, .eh_frame) through libdw.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/memory.h"
#include "symbolizer/elf_file.h"
#include "symbolizer/unwind/step.h"

namespace stallsight {

// Code of a debug file, as it lies in the dump's memory.
struct CodeRegion {
    std::uint64_t low = 0, high = 0;
    const ElfFile* file = nullptr;
    std::uint64_t moved = 0;  // by how much it lies higher than in the file
};

// Not safe from several threads at once.
class CfiUnwinder {
public:
    CfiUnwinder(const Memory& memory, const Architecture& architecture, std::vector<CodeRegion> regions)
        : memory_(memory), architecture_(architecture), regions_(std::move(regions)) {}

    [[nodiscard]] std::optional<UnwindStep> step(const Registers& frame, bool exact) const;

private:
    [[nodiscard]] std::optional<UnwindStep> step(Dwarf_Frame* rules, const Registers& frame) const;

    const Memory& memory_;
    const Architecture& architecture_;
    std::vector<CodeRegion> regions_;
};

}  // namespace stallsight
