// What unwinding needs to know of an architecture: its registers, and how the kernel saves them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace stallsight {

// The registers of a CPU, or of a frame, by DWARF number; nothing where it is not known.
struct Registers {
    static constexpr unsigned count = 66;
    std::optional<std::uint64_t> pc;
    std::array<std::optional<std::uint64_t>, count> general{};
};

struct Architecture {
    struct Saved {
        const char* member;     // of struct pt_regs
        unsigned number;        // DWARF's; Registers::count: the pc
        const char* dump_name;  // in a dump's NT_PRSTATUS, as libkdumpfile names it
    };
    unsigned elf_machine;
    unsigned sp, frame_pointer, return_address;  // DWARF numbers
    std::span<const Saved> pt_regs;
};

// Null: not covered.
const Architecture* architecture_of(unsigned elf_machine);

}  // namespace stallsight
