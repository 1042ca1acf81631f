// The calls and jumps in machine code (machines/): x86-64, i386, ppc64, ppc64le, ppc, arm64, arm, thumb and mips
// (not MIPS16, microMIPS); of others nothing is known.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace stallsight {

struct Instruction {
    enum class Kind { other, direct_call, indirect_call, direct_jump, indirect_jump };
    Kind kind = Kind::other;
    std::uint64_t address = 0, size = 0;
    std::uint64_t target = 0;  // of a direct one, as the instruction says it: before relocation
};

struct MachineCode {
    std::string_view bytes;
    std::uint64_t address = 0;
    unsigned machine = 0;  // EM_X86_64 ...
    bool big_endian = false;
    bool thumb = false;  // of arm

    [[nodiscard]] std::uint64_t end() const { return address + bytes.size(); }
};

// The instruction that ends where `code` ends. `code` starts with a function: x86 can be read forwards only.
// `other` with size 0: the end is in the middle of an instruction. Nothing: not decodable.
std::optional<Instruction> last_instruction(const MachineCode& code);

// Every call and jump.
void for_each_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use);

// What a path through a function turns on. x86-64, i386 and powerpc; of others nothing is known.
struct Step {
    enum class Kind { branch, returns, argument, addition };
    Kind kind = Kind::branch;
    Instruction instruction;
    bool conditional = false;  // branch: the next instruction may follow, too
    // argument: `value` is put in the register of the first (0) or second (1) argument; nothing: it is not a
    // constant
    // addition: `value` is added to the 4 bytes of x86's per-CPU memory that `instruction.target` says
    std::size_t argument = 0;
    std::optional<std::int64_t> value;
};
void for_each_step(const MachineCode& code, const std::function<void(const Step&)>& use);

}  // namespace stallsight
