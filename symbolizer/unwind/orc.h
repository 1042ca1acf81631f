// x86's own tables for unwinding (CONFIG_UNWINDER_ORC), from the dump's memory. They know what compilers' call
// frame information does not: entry code and stacks switched by inline assembly.
//
// Formats: arch/x86/include/asm/orc_types.h and arch/x86/kernel/unwind_orc.c of Linux 4.14 to 6.12. Which fields an
// entry has, and where, the debug info says.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/memory.h"
#include "symbolizer/kernel/object.h"
#include "symbolizer/unwind/step.h"

namespace stallsight {

// .orc_unwind_ip and .orc_unwind of the kernel or of a module; addresses as they run.
struct OrcTable {
    std::uint64_t low = 0, high = 0;  // the code that it is about
    std::uint64_t places = 0;         // int[count]: each says how far behind itself its code is
    std::uint64_t entries = 0;        // struct orc_entry[count]
    std::uint64_t count = 0;
};

class OrcUnwinder {
public:
    OrcUnwinder(const KernelTypes& types, const Memory& memory, const Architecture& architecture,
                std::vector<OrcTable> tables)
        : types_(types), memory_(memory), architecture_(architecture), tables_(std::move(tables)) {}

    [[nodiscard]] std::optional<UnwindStep> step(const Registers& frame, bool exact) const;

private:
    [[nodiscard]] std::optional<Object> find(std::uint64_t pc) const;
    [[nodiscard]] std::optional<std::uint64_t> stack_base(const Object& entry, const Registers& frame) const;
    [[nodiscard]] std::optional<std::uint64_t> frame_pointer(const Object& entry, const Registers& frame,
                                                             std::uint64_t base) const;
    [[nodiscard]] std::optional<UnwindStep> step_to_interrupted(const Object& entry, const Registers& frame,
                                                                std::uint64_t base, bool partial) const;

    const KernelTypes& types_;
    const Memory& memory_;
    const Architecture& architecture_;
    std::vector<OrcTable> tables_;
};

}  // namespace stallsight
