#include "symbolizer/unwind/orc.h"

#include "symbolizer/unwind/pt_regs.h"

namespace stallsight {
namespace {

namespace dwarf {
constexpr unsigned rax = 0, rdx = 1, rdi = 5, rbp = 6, rsp = 7, r10 = 10, r13 = 13;
}

// ORC_REG_* by their numbers: macros, of which no debug info speaks.
using enum OrcRegister;
constexpr OrcRegister before_7_2[] = {undefined, prev_sp, dx, di, bp, sp, r10, r13, bp_indirect, sp_indirect};
constexpr OrcRegister of_7_2[] = {undefined, ax, dx, sp, bp, di, r10, r13, prev_sp, sp_indirect, bp_indirect};

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
    if (entry.number("sp_reg") == 0)  // ORC_REG_UNDEFINED
        return entry.number("end").value_or(1) != 0 ? OrcType::end : OrcType::unknown;
    constexpr OrcType before[] = {OrcType::call, OrcType::regs, OrcType::regs_partial, OrcType::unknown};
    return *type < std::size(before) ? before[*type] : OrcType::unknown;
}

std::optional<std::uint64_t> plus(std::optional<std::uint64_t> value, std::int64_t offset) {
    if (value) *value += static_cast<std::uint64_t>(offset);
    return value;
}

}  // namespace

OrcUnwinder::OrcUnwinder(const KernelTypes& types, const Memory& memory, const Architecture& architecture,
                         std::vector<OrcTable> tables, std::optional<std::uint64_t> null_entry)
    : types_(types),
      memory_(memory),
      architecture_(architecture),
      tables_(std::move(tables)),
      registers_(before_7_2) {
    if (!null_entry) return;
    const auto number = Object(types, memory, "orc_entry", *null_entry).number("sp_reg");
    if (number && *number < std::size(of_7_2) && of_7_2[*number] == sp) registers_ = of_7_2;
}

OrcRegister OrcUnwinder::register_of(const Object& entry, const char* member) const {
    const auto number = entry.number(member);
    return number && *number < registers_.size() ? registers_[*number] : undefined;
}

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
    switch (register_of(entry, "sp_reg")) {
        case sp:
            return plus(frame.general[dwarf::rsp], offset);
        case bp:
            return plus(frame.general[dwarf::rbp], offset);
        case sp_indirect:
            return plus(at(frame.general[dwarf::rsp]), offset);
        case bp_indirect:
            return at(plus(frame.general[dwarf::rbp], offset));
        case ax:
            return frame.general[dwarf::rax];
        case r10:
            return frame.general[dwarf::r10];
        case r13:
            return frame.general[dwarf::r13];
        case di:
            return frame.general[dwarf::rdi];
        case dx:
            return frame.general[dwarf::rdx];
        default:
            return std::nullopt;
    }
}

std::optional<std::uint64_t> OrcUnwinder::frame_pointer(const Object& entry, const Registers& frame,
                                                        std::uint64_t base) const {
    const std::int64_t offset = entry.signed_number("bp_offset").value_or(0);
    switch (register_of(entry, "bp_reg")) {
        case prev_sp:
            return memory_.pointer(base + static_cast<std::uint64_t>(offset));
        case bp: {
            const auto saved = plus(frame.general[dwarf::rbp], offset);
            return saved ? memory_.pointer(*saved) : std::nullopt;
        }
        default:
            return frame.general[dwarf::rbp];
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
    step->registers.general[dwarf::rsp] = pushed.general[dwarf::rsp];
    step->registers.general[dwarf::rbp] = frame_pointer(entry, frame, base);
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
    step.registers.general[dwarf::rsp] = *base;
    step.registers.general[dwarf::rbp] = frame_pointer(*entry, frame, *base);
    if (!step.registers.pc) return std::nullopt;
    return step;
}

}  // namespace stallsight
