// A stack from a dump's memory, frame by frame.
//
// Each step is tried in the order that a kernel's own tools trust: the kernel's tables (ORC), the compiler's call
// frame information, a chain of frame pointers. What the last of them says of code that neither of the others knows
// is a guess, and all frames from there on are marked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "symbolizer/unwind/step.h"

namespace stallsight {

struct StackFrame {
    std::uint64_t pc = 0, sp = 0;
    bool exact = false;         // pc is the instruction itself, not a return address
    bool reliable = true;       // false: it was found by guessing
    std::uint64_t pt_regs = 0;  // where an exception that interrupted this frame saved its registers, or 0
};

struct Stack {
    std::vector<StackFrame> frames;  // innermost first
    std::string broken;              // why it ends before its outermost frame; empty: it does not
};

class Unwinder {
public:
    struct Rules {
        std::vector<StepRule> trusted;                  // the first that answers counts
        StepRule guess;                                 // may be empty
        std::function<bool(std::uint64_t pc)> is_code;  // of the kernel or a module
    };
    Unwinder(const Architecture& architecture, Rules rules)
        : architecture_(architecture), rules_(std::move(rules)) {}

    // Bounded: loops are detected, and a stack has at most `most_frames`.
    [[nodiscard]] Stack unwind(Registers start, bool exact) const;

    static constexpr std::size_t most_frames = 512;

private:
    const Architecture& architecture_;
    Rules rules_;
};

}  // namespace stallsight
