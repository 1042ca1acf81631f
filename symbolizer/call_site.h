// Which call a return address comes from: proof, or disproof, that a stack and a debug file belong together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "symbolizer/elf_file.h"
#include "symbolizer/symbol_table.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {

struct Call {
    CallSite site = CallSite::unknown;
    std::string target;                           // direct: the function that is called
    std::optional<std::uint64_t> target_address;  // direct, and in the same file
};

// In a module the target of a call is in a relocation, in a linked kernel in the instruction. Covered: x86-64 and
// i386 (decoded by Capstone), ppc64, ppc64le, ppc, arm64, arm (not thumb), mips; others are `unknown`.
class CallSites {
public:
    CallSites(const ElfFile& file, const SymbolTable& symbols) : file_(file), symbols_(symbols) {}

    Call before(std::uint64_t return_address, std::uint64_t function_start);

private:
    struct Relocation {
        std::uint64_t offset;
        std::size_t symbol;
        std::optional<std::int64_t> addend;  // empty: it is in the instruction
    };
    struct Instruction {
        enum class Kind { direct_call, indirect_call, other } kind = Kind::other;
        std::uint64_t address = 0, size = 0, target = 0;
    };

    std::optional<Instruction> last_instruction(const ElfSection& section, std::uint64_t return_address,
                                                std::uint64_t function_start) const;
    std::optional<Instruction> last_x86(const ElfSection& section, std::uint64_t end, std::uint64_t start) const;
    std::optional<Instruction> last_fixed_width(const ElfSection& section, std::uint64_t end) const;
    void name_target(Call& call, const ElfSection& section, const Instruction& instruction);
    const std::vector<Relocation>& relocations_of(const ElfSection& section);

    const ElfFile& file_;
    const SymbolTable& symbols_;
    std::map<std::size_t, std::vector<Relocation>> relocations_;  // by section number, by offset
};

}  // namespace stallsight
