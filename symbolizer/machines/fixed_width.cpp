#include "symbolizer/machines/fixed_width.h"

#include <elf.h>

#include "symbolizer/machines/bits.h"

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

std::uint32_t word_at(const MachineCode& code, std::uint64_t offset) {
    // arm64 instructions are little-endian always.
    const bool big = code.big_endian && code.machine != EM_AARCH64;
    return static_cast<std::uint32_t>(word_of(code.bytes.substr(offset, 4), big));
}

// Power ISA: I-form b and bl; bcctr and bclr with their link bit.
Kind powerpc(std::uint32_t word, std::int64_t& distance) {
    distance = sign_extended(word & 0x03fffffc, 26);
    if ((word & 0xfc000002) == 0x48000000) return word & 1 ? Kind::direct_call : Kind::direct_jump;
    if ((word & 0xfc0007ff) == 0x4c000421 || (word & 0xfc0007ff) == 0x4c000021) return Kind::indirect_call;
    return (word & 0xfc0007ff) == 0x4c000420 ? Kind::indirect_jump : Kind::other;
}

// A64: b, bl; br, blr and their authenticated forms.
Kind arm64(std::uint32_t word, std::int64_t& distance) {
    distance = sign_extended(word & 0x03ffffff, 26) * 4;
    if ((word & 0x7c000000) == 0x14000000) return word >> 31 ? Kind::direct_call : Kind::direct_jump;
    if ((word & 0xfefff000) == 0xd63f0000) return Kind::indirect_call;
    return (word & 0xfefff000) == 0xd61f0000 ? Kind::indirect_jump : Kind::other;
}

// A32: b, bl, blx; bx is a jump, and a return by lr.
Kind arm(std::uint32_t word, std::int64_t& distance) {
    distance = sign_extended(word & 0x00ffffff, 24) * 4 + 8;
    if ((word & 0xfe000000) == 0xfa000000) {  // blx, to thumb code: bit 24 is half a word
        distance += word >> 23 & 2;
        return Kind::direct_call;
    }
    if ((word & 0x0f000000) == 0x0b000000) return Kind::direct_call;
    if ((word & 0x0f000000) == 0x0a000000) return Kind::direct_jump;
    if ((word & 0x0ffffff0) == 0x012fff30) return Kind::indirect_call;
    return (word & 0x0ffffff0) == 0x012fff10 && (word & 15) != 14 ? Kind::indirect_jump : Kind::other;
}

// MIPS: j and jal (their target lies in the 256 MB of the delay slot); bal; jalr; jr, a return by ra.
Kind mips(std::uint32_t word, std::uint64_t address, std::int64_t& distance) {
    if ((word & 0xffff0000) == 0x04110000) {
        distance = sign_extended(word & 0xffff, 16) * 4 + 4;
        return Kind::direct_call;
    }
    const std::uint64_t target = ((address + 4) & ~std::uint64_t{0x0fffffff}) | (word & 0x03ffffff) << 2;
    distance = static_cast<std::int64_t>(target - address);
    if ((word & 0xfc000000) == 0x0c000000) return Kind::direct_call;
    if ((word & 0xfc000000) == 0x08000000) return Kind::direct_jump;
    if ((word & 0xfc00003f) == 0x00000009) return Kind::indirect_call;
    return (word & 0xfc1ff83f) == 0x00000008 && (word >> 21 & 31) != 31 ? Kind::indirect_jump : Kind::other;
}

// Power ISA: B-form bc, XL-form bclr, D-form addi (li).
std::optional<Step> powerpc_step(std::uint32_t word, std::uint64_t address) {
    Step step;
    step.instruction = {Kind::other, address, 4, 0};
    std::int64_t distance = 0;
    step.instruction.kind = powerpc(word, distance);
    step.instruction.target = address + static_cast<std::uint64_t>(distance);
    if (step.instruction.kind != Kind::other) return step;
    if ((word & 0xfc000003) == 0x40000000) {
        step.instruction.kind = Kind::direct_jump;
        step.instruction.target = address + static_cast<std::uint64_t>(sign_extended(word & 0xfffc, 16));
        step.conditional = true;
        return step;
    }
    step.kind = Step::Kind::returns;
    if (word == 0x4e800020) return step;  // blr; a conditional one leaves the way on
    const std::uint32_t into = word >> 21 & 31;
    if ((word & 0xfc1f0000) != 0x38000000 || (into != 3 && into != 4)) return std::nullopt;
    step.kind = Step::Kind::argument;
    step.argument = into - 3;
    step.value = sign_extended(word & 0xffff, 16);
    return step;
}

std::optional<Instruction> decoded(const MachineCode& code, std::uint64_t offset) {
    const std::uint32_t word = word_at(code, offset);
    const std::uint64_t address = code.address + offset;
    std::int64_t distance = 0;
    Instruction found{Kind::other, address, 4, 0};
    switch (code.machine) {
        case EM_PPC:
        case EM_PPC64:
            found.kind = powerpc(word, distance);
            break;
        case EM_AARCH64:
            found.kind = arm64(word, distance);
            break;
        case EM_ARM:
            found.kind = arm(word, distance);
            break;
        case EM_MIPS:
            found.kind = mips(word, address, distance);
            break;
        default:
            return std::nullopt;
    }
    found.target = address + static_cast<std::uint64_t>(distance);
    return found;
}

}  // namespace

std::optional<Instruction> last_fixed_width(const MachineCode& code) {
    const std::uint64_t length = code.machine == EM_MIPS ? 8 : 4;  // MIPS: a delay slot lies behind a call
    if (code.bytes.size() < length || code.end() % 4 != 0) return std::nullopt;
    auto found = decoded(code, code.bytes.size() - length);
    // Old arm code calls by `mov lr, pc; ldr pc`.
    if (found && code.machine == EM_ARM && found->kind == Kind::other) return std::nullopt;
    return found;
}

void for_each_fixed_width_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use) {
    for (std::uint64_t offset = 0; offset + 4 <= code.bytes.size(); offset += 4)
        if (const auto found = decoded(code, offset); found && found->kind != Kind::other) use(*found);
}

void for_each_powerpc_step(const MachineCode& code, const std::function<void(const Step&)>& use) {
    for (std::uint64_t offset = 0; offset + 4 <= code.bytes.size(); offset += 4)
        if (const auto step = powerpc_step(word_at(code, offset), code.address + offset)) use(*step);
}

}  // namespace stallsight
