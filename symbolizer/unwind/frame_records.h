// Stacks whose frames are a chain: frame pointers on x86 and arm64, the back chain on ppc64.
//
// Sources: arch/arm64/kernel/stacktrace.c, arch/powerpc/kernel/process.c: show_stack(), both of Linux 6.1.
#pragma once

#include "base/memory.h"
#include "symbolizer/kernel/types.h"
#include "symbolizer/unwind/step.h"

namespace stallsight {

// Exceptions' frames on the way are followed: the marker "regshere" on ppc64, bit 0 of a frame pointer on x86 (with
// CONFIG_FRAME_POINTER); arm64's are records as any other.
std::optional<UnwindStep> step_by_frame_record(const KernelTypes& types, const Memory& memory,
                                               const Architecture& architecture, const Registers& frame);

}  // namespace stallsight
