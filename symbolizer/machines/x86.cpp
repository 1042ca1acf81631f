#include "symbolizer/machines/x86.h"

#include <capstone/capstone.h>
#include <elf.h>

#include "symbolizer/machines/bits.h"

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

constexpr std::uint64_t longest = 15;

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
        const cs_x86& detail = decoded.detail->x86;
        if (const auto added = added_per_cpu(decoded)) {
            step.kind = Step::Kind::addition;
            step.value = added;
            const x86_op_mem& memory = detail.operands[0].mem;
            step.instruction.target = static_cast<std::uint64_t>(memory.disp);
            if (memory.base == X86_REG_RIP) step.instruction.target += decoded.address + decoded.size;
            return step;
        }
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
    // "incl %gs:__preempt_count(%rip)": what it adds to 4 bytes at a fixed place there.
    [[nodiscard]] static std::optional<std::int64_t> added_per_cpu(const cs_insn& decoded) {
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

}  // namespace

std::optional<Instruction> last_x86(const MachineCode& code) {
    Disassembler disassembler(code.machine == EM_X86_64);
    std::string_view rest = code.bytes;
    std::uint64_t address = code.address;
    while (const cs_insn* decoded = rest.empty() ? nullptr : disassembler.next(rest, address))
        if (rest.empty()) return disassembler.classified(*decoded);
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
