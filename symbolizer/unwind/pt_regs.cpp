#include "symbolizer/unwind/pt_regs.h"

#include <elf.h>

namespace stallsight {
namespace {

// arch/*/include/asm/ptrace.h: user_mode()
bool is_user_mode(const Architecture& architecture, const Object& pt_regs) {
    switch (architecture.elf_machine) {
        case EM_X86_64:
            return (pt_regs.number("cs").value_or(0) & 3) != 0;
        case EM_PPC64:
            return (pt_regs.number("msr").value_or(0) & 0x4000) != 0;  // MSR_PR
        case EM_AARCH64:
            return (pt_regs.number("pstate").value_or(0) & 0xf) == 0;  // PSR_MODE_EL0t
        default:
            return false;
    }
}

}  // namespace

std::optional<UnwindStep> step_to_pt_regs(const Architecture& architecture, const Object& pt_regs) {
    UnwindStep step{UnwindStep::To::interrupted, {}, pt_regs.address()};
    for (const Architecture::Saved& saved : architecture.pt_regs) {
        const auto value = pt_regs.number(saved.member);
        (saved.number == Registers::count ? step.registers.pc : step.registers.general[saved.number]) = value;
    }
    const auto sp = step.registers.general[architecture.sp];
    if (!step.registers.pc || !sp) return std::nullopt;
    if (is_user_mode(architecture, pt_regs) || *sp == 0) step.to = UnwindStep::To::outermost;
    return step;
}

}  // namespace stallsight
