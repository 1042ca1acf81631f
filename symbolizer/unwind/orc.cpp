#include "symbolizer/unwind/orc.h"

#include "symbolizer/unwind/pt_regs.h"

namespace stallsight {
namespace {

constexpr unsigned rdx = 1, rdi = 5, rbp = 6, rsp = 7, r10 = 10, r13 = 13;  // DWARF numbers

// orc_entry.sp_reg and bp_reg: ORC_REG_*
enum OrcRegister : std::uint64_t {
    undefined = 0,
    prev_sp = 1,
    dx = 2,
    di = 3,
    bp = 4,
    sp = 5,
    orc_r10 = 6,
    orc_r13 = 7,
    bp_indirect = 8,
    sp_indirect = 9,
};

enum class OrcType { unknown, end, call, regs, regs_partial };

// Since 6.4 (fb799447ae29) the type has three bits, and says the end of the stack itself.
OrcType type_of(const KernelTypes& types, const Object& entry) {
    const auto& field = types.member("orc_entry", "type");
    const auto type = entry.number("type");
    if (!field || !type) return OrcType::unknown;
    if (field->bits >= 3) {
        constexpr OrcType since_6_4[] = {OrcType::unknown, OrcType::end, OrcType::call, OrcType::regs,
                                         OrcType::regs_partial};
        return *type < std::size(since_6_4) ? since_6_4[*type] : OrcType::unknown;
    }
    if (entry.number("sp_reg") == undefined)
        return entry.number("end").value_or(1) != 0 ? OrcType::end : OrcType::unknown;
    constexpr OrcType before[] = {OrcType::call, OrcType::regs, OrcType::regs_partial, OrcType::unknown};
    return *type < std::size(before) ? before[*type] : OrcType::unknown;
}

std::optional<std::uint64_t> plus(std::optional<std::uint64_t> value, std::int64_t offset) {
    if (value) *value += static_cast<std::uint64_t>(offset);
    return value;
}

}  // namespace

std::optional<Object> OrcUnwinder::find(std::uint64_t pc) const {
    const auto size = types_.size_of("orc_entry");
    for (const OrcTable& table : tables_) {
        if (pc < table.low || pc >= table.high || !size) continue;
        std::uint64_t first = 0, last = table.count;  // the entry is the last one that is not behind pc
        while (first < last) {
            const std::uint64_t middle = first + (last - first) / 2, at = table.places + 4 * middle;
            const auto distance = memory_.signed_number(at, 4);
            if (!distance) return std::nullopt;
            if (at + static_cast<std::uint64_t>(*distance) <= pc) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        if (first == 0) return std::nullopt;
        return Object(types_, memory_, "orc_entry", table.entries + (first - 1) * *size);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> OrcUnwinder::stack_base(const Object& entry, const Registers& frame) const {
    const std::int64_t offset = entry.signed_number("sp_offset").value_or(0);
    const auto at = [&](std::optional<std::uint64_t> address) {
        return address ? memory_.pointer(*address) : std::nullopt;
    };
    switch (entry.number("sp_reg").value_or(undefined)) {
        case OrcRegister::sp:
            return plus(frame.general[rsp], offset);
        case OrcRegister::bp:
            return plus(frame.general[rbp], offset);
        case OrcRegister::sp_indirect:
            return plus(at(frame.general[rsp]), offset);
        case OrcRegister::bp_indirect:
            return at(plus(frame.general[rbp], offset));
        case OrcRegister::orc_r10:
            return frame.general[r10];
        case OrcRegister::orc_r13:
            return frame.general[r13];
        case OrcRegister::di:
            return frame.general[rdi];
        case OrcRegister::dx:
            return frame.general[rdx];
        default:
            return std::nullopt;
    }
}

std::optional<std::uint64_t> OrcUnwinder::frame_pointer(const Object& entry, const Registers& frame,
                                                        std::uint64_t base) const {
    const std::int64_t offset = entry.signed_number("bp_offset").value_or(0);
    switch (entry.number("bp_reg").value_or(undefined)) {
        case OrcRegister::prev_sp:
            return memory_.pointer(base + static_cast<std::uint64_t>(offset));
        case OrcRegister::bp: {
            const auto saved = plus(frame.general[rbp], offset);
            return saved ? memory_.pointer(*saved) : std::nullopt;
        }
        default:
            return frame.general[rbp];
    }
}

// regs_partial: the entry has only the five words yet that the CPU pushes; what the frame knew of others still
// holds.
std::optional<UnwindStep> OrcUnwinder::step_to_interrupted(const Object& entry, const Registers& frame,
                                                           std::uint64_t base, bool partial) const {
    const auto& first = types_.member("pt_regs", partial ? "ip" : "r15");
    if (!first) return std::nullopt;
    auto step = step_to_pt_regs(architecture_, Object(types_, memory_, "pt_regs", base - first->offset));
    if (!step || !partial) return step;
    const Registers pushed = step->registers;
    step->registers = frame;
    step->registers.pc = pushed.pc;
    step->registers.general[rsp] = pushed.general[rsp];
    step->registers.general[rbp] = frame_pointer(entry, frame, base);
    return step;
}

std::optional<UnwindStep> OrcUnwinder::step(const Registers& frame, bool exact) const {
    if (!frame.pc) return std::nullopt;
    const auto entry = find(*frame.pc - (exact ? 0 : 1));
    if (!entry) return std::nullopt;
    const OrcType type = type_of(types_, *entry);
    if (type == OrcType::end) return UnwindStep{};
    const auto base = type == OrcType::unknown ? std::nullopt : stack_base(*entry, frame);
    if (!base) return std::nullopt;
    if (type != OrcType::call) return step_to_interrupted(*entry, frame, *base, type == OrcType::regs_partial);
    UnwindStep step{UnwindStep::To::caller, {}, 0};
    step.registers.pc = memory_.pointer(*base - 8);
    step.registers.general[rsp] = *base;
    step.registers.general[rbp] = frame_pointer(*entry, frame, *base);
    if (!step.registers.pc) return std::nullopt;
    return step;
}

}  // namespace stallsight
