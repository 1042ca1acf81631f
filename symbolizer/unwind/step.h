// From a frame to its caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "symbolizer/unwind/architecture.h"

namespace stallsight {

struct UnwindStep {
    enum class To {
        caller,       // pc is a return address
        interrupted,  // pc is the instruction that an exception interrupted; `pt_regs` has its registers
        outermost,    // there is no caller: user space, or a thread's first function
    };
    To to = To::outermost;
    Registers registers;
    std::uint64_t pt_regs = 0;
};

// `exact`: pc is the instruction itself, not a return address. Nothing: this way knows nothing of that code, or the
// dump lacks what it needs.
using StepRule = std::function<std::optional<UnwindStep>(const Registers& frame, bool exact)>;

}  // namespace stallsight
