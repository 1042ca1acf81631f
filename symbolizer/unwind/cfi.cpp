#include "symbolizer/unwind/cfi.h"

#include <dwarf.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace stallsight {
namespace {

using Value = std::optional<std::uint64_t>;

// The expressions that call frame information is made of: registers, offsets, loads. What else DWARF has, compilers
// do not use here; it gives nothing.
class Expression {
public:
    Expression(const Memory& memory, const Registers& frame, Value cfa)
        : memory_(memory), frame_(frame), cfa_(cfa) {}

    // A register's value, or the address where it is saved, unless `is_value`.
    Value run(const Dwarf_Op* ops, std::size_t count, bool& is_value) {
        for (std::size_t i = 0; i < count; ++i) {
            if (ops[i].atom == DW_OP_stack_value) {
                is_value = true;
            } else if (!apply(ops[i])) {
                return std::nullopt;
            }
        }
        return stack_.empty() ? std::nullopt : Value(stack_.back());
    }

private:
    bool push(Value value) {
        if (value && stack_.size() < 64) stack_.push_back(*value);
        return value.has_value();
    }

    Value pop() {
        if (stack_.empty()) return std::nullopt;
        const std::uint64_t value = stack_.back();
        stack_.pop_back();
        return value;
    }

    Value register_plus(std::uint64_t number, std::uint64_t offset) const {
        const Value base = number < Registers::count ? frame_.general[number] : std::nullopt;
        return base ? Value(*base + offset) : std::nullopt;
    }

    template <class Combine>
    bool binary(Combine combine) {
        const Value right = pop(), left = pop();
        return left && right && push(combine(*left, *right));
    }

    bool apply(const Dwarf_Op& op) {
        if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31)
            return push(register_plus(op.atom - DW_OP_breg0, op.number));
        if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) return push(op.atom - DW_OP_lit0);
        switch (op.atom) {
            case DW_OP_bregx:
                return push(register_plus(op.number, op.number2));
            case DW_OP_call_frame_cfa:
                return push(cfa_);
            case DW_OP_const1u:
            case DW_OP_const1s:
            case DW_OP_const2u:
            case DW_OP_const2s:
            case DW_OP_const4u:
            case DW_OP_const4s:
            case DW_OP_const8u:
            case DW_OP_const8s:
            case DW_OP_constu:
            case DW_OP_consts:
                return push(op.number);
            case DW_OP_plus_uconst: {
                const Value value = pop();
                return value && push(*value + op.number);
            }
            case DW_OP_deref: {
                const Value address = pop();
                return address && push(memory_.pointer(*address));
            }
            case DW_OP_plus:
                return binary([](auto left, auto right) { return left + right; });
            case DW_OP_minus:
                return binary([](auto left, auto right) { return left - right; });
            case DW_OP_and:
                return binary([](auto left, auto right) { return left & right; });
            default:
                return false;
        }
    }

    const Memory& memory_;
    const Registers& frame_;
    Value cfa_;
    std::vector<std::uint64_t> stack_;
};

// A register of the caller.
Value caller_register(const Memory& memory, Dwarf_Frame* rules, const Registers& frame, Value cfa,
                      unsigned number) {
    Dwarf_Op space[3];
    Dwarf_Op* ops = nullptr;
    std::size_t count = 0;
    if (dwarf_frame_register(rules, static_cast<int>(number), space, &ops, &count) != 0) return std::nullopt;
    if (count == 0) return ops == space ? std::nullopt : frame.general[number];  // undefined, or as it was
    bool is_value = false;
    const Value result = Expression(memory, frame, cfa).run(ops, count, is_value);
    return is_value || !result ? result : memory.pointer(*result);
}

}  // namespace

std::optional<UnwindStep> CfiUnwinder::step(Dwarf_Frame* rules, const Registers& frame) const {
    Dwarf_Op* ops = nullptr;
    std::size_t count = 0;
    bool is_value = false, is_signal = false;
    const int pc_register = dwarf_frame_info(rules, nullptr, nullptr, &is_signal);
    if (pc_register < 0 || pc_register >= static_cast<int>(Registers::count)) return std::nullopt;
    if (dwarf_frame_cfa(rules, &ops, &count) != 0) return std::nullopt;
    const Value cfa = Expression(memory_, frame, std::nullopt).run(ops, count, is_value);
    if (!cfa) return std::nullopt;
    UnwindStep step{is_signal ? UnwindStep::To::interrupted : UnwindStep::To::caller, {}, 0};
    for (unsigned number = 0; number < Registers::count; ++number)
        step.registers.general[number] = caller_register(memory_, rules, frame, cfa, number);
    step.registers.pc = step.registers.general[static_cast<unsigned>(pc_register)];
    // An exception saved the stack pointer among the other registers; a caller's is where its callee's frame ends.
    auto& sp = step.registers.general[architecture_.sp];
    if (!is_signal || !sp) sp = cfa;
    if (!step.registers.pc) return std::nullopt;
    if (*step.registers.pc == 0) return UnwindStep{};
    return step;
}

std::optional<UnwindStep> CfiUnwinder::step(const Registers& frame, bool exact) const {
    if (!frame.pc) return std::nullopt;
    const std::uint64_t pc = *frame.pc - (exact ? 0 : 1);
    const auto region = std::find_if(regions_.begin(), regions_.end(),
                                     [&](const CodeRegion& each) { return pc >= each.low && pc < each.high; });
    if (region == regions_.end() || !region->file) return std::nullopt;
    for (const bool of_memory : {false, true}) {
        Dwarf_Addr bias = 0;
        Dwarf_CFI* table = region->file->call_frames(of_memory, bias);
        Dwarf_Frame* rules = nullptr;
        if (!table || dwarf_cfi_addrframe(table, pc - region->moved + bias, &rules) != 0) continue;
        const std::unique_ptr<Dwarf_Frame, void (*)(void*)> owner(rules, std::free);
        if (auto found = step(rules, frame)) return found;
    }
    return std::nullopt;
}

}  // namespace stallsight
