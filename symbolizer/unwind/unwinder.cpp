#include "symbolizer/unwind/unwinder.h"

#include <set>
#include <utility>

namespace stallsight {

// The stack grows downwards: outer frames lie higher, but for a change of stacks (interrupts, NMI), of which there
// are few. A frame that was there before is a loop.
Stack Unwinder::unwind(Registers now, bool exact) const {
    constexpr int most_changes = 8;
    Stack stack;
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;  // sp and pc
    bool reliable = true;
    int changes = 0;
    std::uint64_t pt_regs = 0, last_sp = 0;
    while (stack.frames.size() < most_frames) {
        const auto sp = now.general[architecture_.sp];
        if (!now.pc || !sp) {
            stack.broken = "its registers are not in the dump";
            return stack;
        }
        if (!rules_.is_code(*now.pc)) {
            stack.broken = stack.frames.empty() ? "its program counter is in no function"
                                                : "what should be a return address is none";
            return stack;
        }
        if (*sp < last_sp) ++changes;
        if (changes > most_changes || !seen.insert({*sp, *now.pc}).second) {
            stack.broken = "it runs in a circle";
            return stack;
        }
        last_sp = *sp;
        stack.frames.push_back({*now.pc, *sp, exact, reliable, pt_regs});

        std::optional<UnwindStep> step;
        for (const StepRule& rule : rules_.trusted)
            if ((step = rule(now, exact))) break;
        if (!step && rules_.guess) {
            step = rules_.guess(now, exact);
            reliable = false;
        }
        if (!step) {
            stack.broken = "nothing says how to go on from there";
            return stack;
        }
        if (step->to == UnwindStep::To::outermost) return stack;
        exact = step->to == UnwindStep::To::interrupted;
        pt_regs = step->pt_regs;
        now = step->registers;
    }
    stack.broken = "it has more than " + std::to_string(most_frames) + " frames";
    return stack;
}

}  // namespace stallsight
