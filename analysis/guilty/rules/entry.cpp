// How the CPU came into the kernel.
#include "analysis/guilty/rules/tables.h"

namespace stallsight {

namespace {

using enum Group;

constexpr Rule rules[] = {
    // arch/*/kernel/entry*: how the CPU got here
    {"entry_*", entry},
    {"do_syscall*", entry},
    {"ret_from_fork*", entry},
    {"ret_from_kernel_thread*", entry},
    {"apic_timer_interrupt*", entry},
    {"smp_apic_timer*", entry},
    {"asm_sysvec*", entry},
    {"sysvec_*", entry},
    {"__sysvec*", entry},
    {"reschedule_interrupt*", entry},
    {"call_function_*interrupt*", entry},
    {"irq_exit*", entry},
    {"__irq_exit*", entry},
    {"do_IRQ*", entry},
    {"common_interrupt*", entry},
    {"asm_common_interrupt*", entry},
    {"ret_from_intr*", entry},
    {"irqentry_*", entry},
    {"nmi", entry},
    {"end_repeat_nmi*", entry},
    {"do_nmi*", entry},
    {"default_do_nmi*", entry},
    {"nmi_handle*", entry},
    {"__irq_svc*", entry},
    {"__irq_usr*", entry},
    {"el1_irq*", entry},
    {"el1_interrupt*", entry},
    {"el1h_64_irq*", entry},
    {"gic_handle_irq*", entry},
    {"asm_call_*", entry},
    {"common_nmi*", entry},
    {"paranoid_*", entry},
};

}  // namespace

std::span<const Rule> entry_rules() {
    return rules;
}

}  // namespace stallsight
