// x86's own tables for unwinding (CONFIG_UNWINDER_ORC), from the dump's memory. They know what compilers' call
// frame information does not: entry code and stacks switched by inline assembly.
//
// Formats: arch/x86/include/asm/orc_types.h and arch/x86/kernel/unwind_orc.c of Linux 4.14 to 7.2. Which fields an
// entry has, and where, the debug info says; how registers are numbered, the kernel's own null_orc_entry.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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

// What an entry counts from: ORC_REG_*.
enum class OrcRegister { undefined, prev_sp, ax, dx, di, bp, sp, r10, r13, bp_indirect, sp_indirect };

class OrcUnwinder {
public:
    // `null_entry`: where null_orc_entry is, whose sp_reg is ORC_REG_SP. Kernels without it have the old numbers.
    OrcUnwinder(const KernelTypes& types, const Memory& memory, const Architecture& architecture,
                std::vector<OrcTable> tables, std::optional<std::uint64_t> null_entry);

    [[nodiscard]] std::optional<UnwindStep> step(const Registers& frame, bool exact) const;

private:
    [[nodiscard]] std::optional<Object> find(std::uint64_t pc) const;
    [[nodiscard]] OrcRegister register_of(const Object& entry, const char* member) const;
    [[nodiscard]] std::optional<std::uint64_t> stack_base(const Object& entry, const Registers& frame) const;
    [[nodiscard]] std::optional<std::uint64_t> frame_pointer(const Object& entry, const Registers& frame,
                                                             std::uint64_t base) const;
    [[nodiscard]] std::optional<UnwindStep> step_to_interrupted(const Object& entry, const Registers& frame,
                                                                std::uint64_t base, bool partial) const;

    const KernelTypes& types_;
    const Memory& memory_;
    const Architecture& architecture_;
    std::vector<OrcTable> tables_;
    std::span<const OrcRegister> registers_;  // by number
};

}  // namespace stallsight
