// Which call a return address comes from: proof, or disproof, that a stack and a debug file belong together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "symbolizer/elf_file.h"
#include "symbolizer/instructions.h"
#include "symbolizer/kernel/variables.h"
#include "symbolizer/symbol_table.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {

struct Call {
    CallSite site = CallSite::unknown;
    std::string target;                           // direct: the function that is called
    std::optional<std::uint64_t> target_address;  // direct, and in the same file
};

// Where a function jumps to, instead of returning: tail calls, and its own .cold part.
struct TailCalls {
    std::vector<Call> direct;
    bool indirect = false;  // a jump whose target run time decides
};

// In a module the target of a call is in a relocation, in a linked kernel in the instruction.
class CallSites {
public:
    CallSites(const ElfFile& file, const SymbolTable& symbols) : file_(file), symbols_(symbols) {}

    Call before(std::uint64_t return_address, std::uint64_t function_start);
    const TailCalls& tail_calls(const Symbol& function);
    // Where a direct call or jump leads.
    Call target(const Instruction& instruction);
    // The variable that an instruction says by a fixed address; empty: not known.
    std::string_view variable(const Instruction& instruction);
    // The code of a place that lies in one section, or nothing.
    [[nodiscard]] std::optional<MachineCode> code(std::uint64_t start, std::uint64_t end) const;

private:
    struct Relocation {
        std::uint64_t offset;
        std::size_t symbol;
        std::optional<std::int64_t> addend;  // empty: it is in the instruction
    };

    [[nodiscard]] std::optional<MachineCode> code(const ElfSection& section, std::uint64_t start,
                                                  std::uint64_t end) const;
    Call direct(const ElfSection& section, const Instruction& instruction);
    const Relocation* relocation_in(const ElfSection& section, const Instruction& instruction);
    const std::vector<Relocation>& relocations_of(const ElfSection& section);

    const ElfFile& file_;
    const SymbolTable& symbols_;
    std::map<std::size_t, std::vector<Relocation>> relocations_;  // by section number, by offset
    std::map<std::uint64_t, TailCalls> tail_calls_;               // by the function's address
    std::optional<Variables> variables_;                          // of a linked file, once asked for
};

}  // namespace stallsight
