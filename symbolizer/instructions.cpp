#include "symbolizer/instructions.h"

#include <capstone/capstone.h>
#include <elf.h>

#include <algorithm>

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

constexpr std::uint64_t longest_x86 = 15;

class Disassembler {
public:
    explicit Disassembler(bool wide) {
        valid_ = cs_open(CS_ARCH_X86, wide ? CS_MODE_64 : CS_MODE_32, &handle_) == CS_ERR_OK;
        if (!valid_) return;
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    ~Disassembler() {
        if (instruction_) cs_free(instruction_, 1);
        if (valid_) cs_close(&handle_);
    }
    Disassembler(const Disassembler&) = delete;
    Disassembler& operator=(const Disassembler&) = delete;

    // Null at an undecodable place.
    const cs_insn* next(std::string_view& code, std::uint64_t& address) {
        if (!instruction_) return nullptr;
        auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
        std::size_t size = code.size();
        if (!cs_disasm_iter(handle_, &bytes, &size, &address, instruction_)) return nullptr;
        code.remove_prefix(code.size() - size);
        return instruction_;
    }

    [[nodiscard]] Instruction classified(const cs_insn& decoded) const {
        Instruction found{Kind::other, decoded.address, decoded.size, 0};
        const bool call = cs_insn_group(handle_, &decoded, CS_GRP_CALL);
        if (!call && !cs_insn_group(handle_, &decoded, CS_GRP_JUMP)) return found;
        const cs_x86_op& operand = decoded.detail->x86.operands[0];
        if (decoded.detail->x86.op_count == 1 && operand.type == X86_OP_IMM) {
            found.kind = call ? Kind::direct_call : Kind::direct_jump;
            found.target = static_cast<std::uint64_t>(operand.imm);
        } else {
            found.kind = call ? Kind::indirect_call : Kind::indirect_jump;
        }
        return found;
    }

    // The same with what a path turns on; nothing for any other instruction.
    [[nodiscard]] std::optional<Step> step(const cs_insn& decoded) const {
        Step step;
        step.instruction = classified(decoded);
        if (step.instruction.kind != Kind::other) {
            step.conditional = cs_insn_group(handle_, &decoded, CS_GRP_JUMP) && decoded.id != X86_INS_JMP;
            return step;
        }
        step.kind = Step::Kind::returns;
        if (cs_insn_group(handle_, &decoded, CS_GRP_RET)) return step;
        const cs_x86& detail = decoded.detail->x86;
        const cs_x86_op& into = detail.operands[0];
        if (detail.op_count == 0 || into.type != X86_OP_REG || !(into.access & CS_AC_WRITE)) return std::nullopt;
        const bool first = into.reg == X86_REG_EDI || into.reg == X86_REG_RDI;
        const bool second = into.reg == X86_REG_ESI || into.reg == X86_REG_RSI;
        if (!first && !second) return std::nullopt;
        step.kind = Step::Kind::argument;
        step.argument = first ? 0 : 1;
        if (decoded.id == X86_INS_MOV && detail.operands[1].type == X86_OP_IMM) step.value = detail.operands[1].imm;
        return step;
    }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    bool valid_ = false;
};

bool is_x86(unsigned machine) {
    return machine == EM_X86_64 || machine == EM_386;
}

std::uint32_t word_at(const MachineCode& code, std::uint64_t offset) {
    // arm64 instructions are little-endian always.
    const bool big = code.big_endian && code.machine != EM_AARCH64;
    std::uint32_t word = 0;
    for (std::uint64_t i = 0; i < 4; ++i)
        word = word << 8 | static_cast<unsigned char>(code.bytes[offset + (big ? i : 3 - i)]);
    return word;
}

std::int64_t sign_extended(std::uint32_t value, int bits) {
    const std::int64_t sign = std::int64_t{1} << (bits - 1);
    return (static_cast<std::int64_t>(value) ^ sign) - sign;
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

// A32: b, bl; bx, blx.
Kind arm(std::uint32_t word, std::int64_t& distance) {
    distance = sign_extended(word & 0x00ffffff, 24) * 4 + 8;
    if ((word & 0x0f000000) == 0x0b000000) return Kind::direct_call;
    if ((word & 0x0f000000) == 0x0a000000) return Kind::direct_jump;
    return (word & 0x0ffffff0) == 0x012fff30 ? Kind::indirect_call : Kind::other;
}

// MIPS: j and jal (their target lies in the 256 MB of the delay slot); jalr.
Kind mips(std::uint32_t word, std::uint64_t address, std::int64_t& distance) {
    const std::uint64_t target = ((address + 4) & ~std::uint64_t{0x0fffffff}) | (word & 0x03ffffff) << 2;
    distance = static_cast<std::int64_t>(target - address);
    if ((word & 0xfc000000) == 0x0c000000) return Kind::direct_call;
    if ((word & 0xfc000000) == 0x08000000) return Kind::direct_jump;
    return (word & 0xfc00003f) == 0x00000009 ? Kind::indirect_call : Kind::other;
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

std::optional<Instruction> fixed_width(const MachineCode& code, std::uint64_t offset) {
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

// Data in the function, or an instruction that Capstone does not know: what stands at its end may be a call.
std::optional<Instruction> x86_call_at_end(const MachineCode& code) {
    if (code.bytes.size() < 5 || code.bytes[code.bytes.size() - 5] != '\xe8') return std::nullopt;
    const auto distance = static_cast<std::int32_t>(word_at(code, code.bytes.size() - 4));
    return Instruction{Kind::direct_call, code.end() - 5, 5,
                       code.end() + static_cast<std::uint64_t>(std::int64_t{distance})};
}

std::optional<Instruction> last_x86(const MachineCode& code) {
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address))
        if (rest.empty()) return disassembler.classified(*decoded);
    if (auto call = x86_call_at_end(code)) return call;
    const bool cut = !rest.empty() && rest.size() < longest_x86;
    return cut ? std::optional(Instruction{Kind::other, address, 0, 0}) : std::nullopt;
}

}  // namespace

std::optional<Instruction> last_instruction(const MachineCode& code) {
    if (is_x86(code.machine)) return last_x86(code);
    const std::uint64_t length = code.machine == EM_MIPS ? 8 : 4;  // MIPS: a delay slot lies behind a call
    if (code.bytes.size() < length || code.end() % 4 != 0) return std::nullopt;
    auto found = fixed_width(code, code.bytes.size() - length);
    // arm code may be thumb, or call by `mov lr, pc; ldr pc`.
    if (found && code.machine == EM_ARM && found->kind == Kind::other) return std::nullopt;
    return found;
}

void for_each_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use) {
    if (!is_x86(code.machine)) {
        for (std::uint64_t offset = 0; offset + 4 <= code.bytes.size(); offset += 4)
            if (const auto found = fixed_width(code, offset); found && found->kind != Kind::other) use(*found);
        return;
    }
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address)) {
        const Instruction found = disassembler.classified(*decoded);
        if (found.kind != Kind::other) use(found);
    }
}

void for_each_step(const MachineCode& code, const std::function<void(const Step&)>& use) {
    if (code.machine == EM_PPC || code.machine == EM_PPC64)
        for (std::uint64_t offset = 0; offset + 4 <= code.bytes.size(); offset += 4)
            if (const auto step = powerpc_step(word_at(code, offset), code.address + offset)) use(*step);
    if (!is_x86(code.machine)) return;
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address))
        if (const auto step = disassembler.step(*decoded)) use(*step);
}

}  // namespace stallsight
