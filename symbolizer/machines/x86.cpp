#include "symbolizer/machines/x86.h"

#include <capstone/capstone.h>
#include <elf.h>

#include "symbolizer/machines/bits.h"

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

constexpr std::uint64_t longest = 15;
constexpr std::uint64_t direct_call_size = 5;

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
        // The startup code calls C by a far return, having pushed the address behind it
        // (arch/x86/kernel/head_64.S).
        if (decoded.id == X86_INS_RETF || decoded.id == X86_INS_RETFQ) {
            found.kind = Kind::indirect_call;
            return found;
        }
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
        if (step.value = added_to_cpu_variable(decoded); step.value) {
            step.kind = Step::Kind::adds;
            const x86_op_mem& memory = decoded.detail->x86.operands[0].mem;
            step.instruction.target = static_cast<std::uint64_t>(memory.disp);
            if (memory.base == X86_REG_RIP) step.instruction.target += decoded.address + decoded.size;
            return step;
        }
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
    // "incl %gs:__preempt_count(%rip)", in older kernels "incl %gs:__preempt_count": what it adds to 4 bytes there.
    static std::optional<std::int64_t> added_to_cpu_variable(const cs_insn& decoded) {
        const cs_x86& detail = decoded.detail->x86;
        if (detail.op_count == 0) return std::nullopt;
        const cs_x86_op& into = detail.operands[0];
        const bool fixed = into.type == X86_OP_MEM && into.size == 4 && into.mem.segment == X86_REG_GS &&
                           into.mem.index == X86_REG_INVALID &&
                           (into.mem.base == X86_REG_RIP || into.mem.base == X86_REG_INVALID);
        if (!fixed) return std::nullopt;
        if (decoded.id == X86_INS_INC) return 1;
        if (decoded.id == X86_INS_DEC) return -1;
        if (detail.op_count != 2 || detail.operands[1].type != X86_OP_IMM) return std::nullopt;
        const std::int64_t amount = static_cast<std::int32_t>(detail.operands[1].imm);
        if (decoded.id == X86_INS_ADD) return amount;
        return decoded.id == X86_INS_SUB ? std::optional(-amount) : std::nullopt;
    }

    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    bool valid_ = false;
};

// Data in the function, or an instruction that Capstone does not know: what stands at its end may be a call.
std::optional<Instruction> call_at_end(const MachineCode& code) {
    if (code.bytes.size() < 5 || code.bytes[code.bytes.size() - 5] != '\xe8') return std::nullopt;
    const auto distance = static_cast<std::int32_t>(word_of(code.bytes.substr(code.bytes.size() - 4), false));
    return Instruction{Kind::direct_call, code.end() - 5, 5,
                       code.end() + static_cast<std::uint64_t>(std::int64_t{distance})};
}

// "call *pv_ops+N(%rip)", 6 bytes, or "call *pv_ops+N", 7 bytes, of which the kernel makes a call of 5 bytes when
// it boots (arch/x86/kernel/alternative.c): its return address lies inside of what the file has there. `rest`: up
// to that.
std::optional<Instruction> shortened_call(std::string_view rest, std::uint64_t address) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    if (rest.size() != direct_call_size || byte(0) != 0xff || (byte(1) & 0x38) != 0x10) return std::nullopt;
    return Instruction{Kind::indirect_call, address, rest.size(), 0};
}

}  // namespace

std::optional<Instruction> last_x86(const MachineCode& code) {
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    std::optional<Instruction> padded;  // an indirect call with nothing but nops behind it
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address)) {
        const Instruction found = disassembler.classified(*decoded);
        if (found.kind == Kind::indirect_call) padded = found;
        if (found.kind != Kind::indirect_call && decoded->id != X86_INS_NOP) padded.reset();
        if (!rest.empty()) continue;
        // "call *%rbx" and three nops: room for "call __x86_indirect_thunk_rbx" (CALL_NOSPEC, asm/nospec-branch.h)
        return padded && code.end() - padded->address == direct_call_size ? *padded : found;
    }
    if (auto call = shortened_call(rest, code.end() - rest.size())) return call;
    if (auto call = call_at_end(code)) return call;
    const bool cut = !rest.empty() && rest.size() < longest;
    return cut ? std::optional(Instruction{Kind::other, address, 0, 0}) : std::nullopt;
}

void for_each_x86_step(const MachineCode& code, const std::function<void(const Step&)>& use) {
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address))
        if (const auto step = disassembler.step(*decoded)) use(*step);
}

}  // namespace stallsight
