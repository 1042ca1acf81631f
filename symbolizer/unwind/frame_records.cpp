#include "symbolizer/unwind/frame_records.h"

#include <elf.h>

#include "symbolizer/unwind/pt_regs.h"

namespace stallsight {
namespace {

// A frame pointer points to the caller's, with the return address behind it.
std::optional<UnwindStep> step_by_frame_pointer(const KernelTypes& types, const Memory& memory,
                                                const Architecture& architecture, const Registers& frame) {
    const auto record = frame.general[architecture.frame_pointer];
    // x86: arch/x86/include/asm/frame.h: ENCODE_FRAME_POINTER
    if (architecture.elf_machine == EM_X86_64 && record && *record & 1)
        return step_to_pt_regs(architecture, Object(types, memory, "pt_regs", *record - 1));
    const auto outer = record ? memory.pointer(*record) : std::nullopt;
    auto pc = record ? memory.pointer(*record + 8) : std::nullopt;
    if (!pc || !outer) return std::nullopt;
    if (*pc == 0) return UnwindStep{};
    // arm64: bit 55 tells the kernel's addresses; the bits around it may be a pointer authentication code.
    if (architecture.elf_machine == EM_AARCH64 && (*pc >> 55 & 1)) *pc |= 0xffff000000000000;
    UnwindStep step{UnwindStep::To::caller, {}, 0};
    step.registers.pc = pc;
    step.registers.general[architecture.sp] = *record + 16;
    step.registers.general[architecture.frame_pointer] = outer;
    return step;
}

// The word at the stack pointer is the caller's stack pointer; the return address into the caller is in the
// caller's frame, at 16. The function that switches to an interrupt's stack has a frame on either, and no callee
// that would put a return address into the outer one: arch/powerpc/kernel/irq.c: call_do_softirq(), call_do_irq().
std::optional<UnwindStep> step_by_back_chain(const Memory& memory, const Architecture& architecture,
                                             const Registers& frame) {
    const auto sp = frame.general[architecture.sp];
    constexpr std::uint64_t smallest_stack = 16384;  // THREAD_SIZE
    auto outer = sp ? memory.pointer(*sp) : std::nullopt;
    if (outer && *outer != 0 && (*outer < *sp || *outer - *sp > smallest_stack)) outer = memory.pointer(*outer);
    if (!outer) return std::nullopt;
    if (*outer == 0) return UnwindStep{};
    const auto pc = memory.pointer(*outer + 16);
    if (!pc) return std::nullopt;
    UnwindStep step{UnwindStep::To::caller, {}, 0};
    step.registers.pc = pc;
    step.registers.general[architecture.sp] = outer;
    return step;
}

std::optional<UnwindStep> step_by_regs_marker(const KernelTypes& types, const Memory& memory,
                                              const Architecture& architecture, const Registers& frame) {
    // STACK_FRAME_MARKER and STACK_FRAME_OVERHEAD; those of ELFv2 since 6.2. The word spells "regshere", or
    // "REGS" since 6.0 or so.
    struct Layout {
        std::uint64_t marker, pt_regs;
    };
    constexpr Layout layouts[] = {{96, 112}, {32, 48}};
    constexpr std::uint64_t regshere = 0x7265677368657265, regs = 0x52454753, regs_little = 0x53474552;
    const auto sp = frame.general[architecture.sp];
    if (architecture.elf_machine != EM_PPC64 || !sp) return std::nullopt;
    for (const Layout& layout : layouts) {
        const auto word = memory.pointer(*sp + layout.marker);
        if (word == regshere || word == regs || word == regs_little)
            return step_to_pt_regs(architecture, Object(types, memory, "pt_regs", *sp + layout.pt_regs));
    }
    return std::nullopt;
}

}  // namespace

std::optional<UnwindStep> step_by_frame_record(const KernelTypes& types, const Memory& memory,
                                               const Architecture& architecture, const Registers& frame) {
    if (architecture.elf_machine != EM_PPC64) return step_by_frame_pointer(types, memory, architecture, frame);
    if (auto interrupted = step_by_regs_marker(types, memory, architecture, frame)) return interrupted;
    return step_by_back_chain(memory, architecture, frame);
}

}  // namespace stallsight
