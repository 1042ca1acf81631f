// struct pt_regs: what an exception's entry saved.
#pragma once

#include <cstdint>
#include <optional>

#include "symbolizer/kernel/object.h"
#include "symbolizer/unwind/step.h"

namespace stallsight {

// The interrupted place, or `outermost` where it was user space's or the frame is empty (a kernel thread's first).
std::optional<UnwindStep> step_to_pt_regs(const Architecture& architecture, const Object& pt_regs);

}  // namespace stallsight
