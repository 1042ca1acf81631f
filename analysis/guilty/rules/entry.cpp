// How the CPU came into the kernel.
#include "analysis/guilty/rules/tables.h"

namespace stallsight {

namespace {

using enum Group;

constexpr Rule rules[] = {
    // arch/x86/entry, arch/x86/kernel/{irq,apic,nmi}*
    {"*apic_timer_interrupt*", interrupt},
    {"smp_apic_timer*", interrupt},
    {"asm_sysvec*", interrupt},
    {"sysvec_*", interrupt},
    {"__sysvec*", interrupt},
    {"reschedule_interrupt*", interrupt},
    {"smp_reschedule_interrupt*", interrupt},
    {"call_function_*interrupt*", interrupt},
    {"smp_call_function_*interrupt*", interrupt},
    {"hyperv_callback_vector*", interrupt},
    {"hypercall_entry*", interrupt},
    {"xen_evtchn_do_upcall*", interrupt},
    {"xen_hvm_callback*", interrupt},
    {"irq_exit*", interrupt},
    {"__irq_exit*", interrupt},
    {"do_IRQ*", interrupt},
    {"common_interrupt*", interrupt},
    {"asm_common_interrupt*", interrupt},
    {"ret_from_intr*", interrupt},
    {"irqentry_*", interrupt},
    {"nmi", interrupt},
    {"end_repeat_nmi*", interrupt},
    {"do_nmi*", interrupt},
    {"default_do_nmi*", interrupt},
    {"nmi_handle*", interrupt},
    {"common_nmi*", interrupt},
    {"paranoid_*", interrupt},
    {"asm_call_*", interrupt},

    // arch/arm, arch/arm64, drivers/irqchip
    {"__irq_svc*", interrupt},
    {"__irq_usr*", interrupt},
    {"asm_do_IRQ*", interrupt},
    {"handle_IRQ*", interrupt},
    {"el1h_64_irq*", interrupt},
    {"el0_irq*", interrupt},
    {"el0_interrupt*", interrupt},
    {"el0t_64_irq*", interrupt},
    {"el0t_32_irq*", interrupt},
    {"__el0_irq*", interrupt},
    {"__el1_irq*", interrupt},
    {"gic_handle_irq*", interrupt},
    {"__gic_handle*", interrupt},
    {"generic_handle_arch_irq*", interrupt},
    {"do_interrupt_handler*", interrupt},
    {"call_on_irq_stack*", interrupt},
    {"call_with_stack*", interrupt},
    {"bcm2836_*_handle_irq*", interrupt},
    {"armada_*_handle_irq*", interrupt},
    {"omap_intc_handle_irq*", interrupt},
    {"avic_handle_irq*", interrupt},

    // arch/powerpc/kernel/{exceptions-64*,irq,interrupt*,time}
    {"__do_irq*", interrupt},
    {"__do_IRQ*", interrupt},
    {"call_do_irq*", interrupt},
    {"timer_interrupt*", interrupt},
    {"decrementer_common*", interrupt},
    {"hardware_interrupt_common*", interrupt},
    {"doorbell_*_common*", interrupt},
    {"replay_soft_interrupts*", interrupt},
    {"__replay_*", interrupt},
    {"__check_irq_replay*", interrupt},
    {"interrupt_return*", interrupt},
    {"soft_nmi*", interrupt},
    {"system_reset_*", interrupt},

    // arch/mips, arch/riscv, arch/s390, arch/loongarch
    {"handle_int", interrupt},
    {"plat_irq_dispatch*", interrupt},
    {"ret_from_irq*", interrupt},
    {"handle_riscv_irq*", interrupt},
    {"riscv_intc_irq*", interrupt},
    {"do_irq", interrupt},
    {"do_irq_async*", interrupt},
    {"do_ext_irq*", interrupt},
    {"do_io_irq*", interrupt},
    {"ext_int_handler*", interrupt},
    {"io_int_handler*", interrupt},
    {"handle_vint*", interrupt},
    {"do_vint*", interrupt},
    {"handle_loongarch_irq*", interrupt},

    // system calls and where threads begin, in all of arch/*/kernel/entry* and head*
    {"entry_*", entry},
    {"do_syscall*", entry},
    {"ret_from_fork*", entry},
    {"ret_from_kernel_*", entry},
    {"int_ret_from_*", entry},
    {"system_call*", entry},
    {"sysenter_*", entry},
    {"tracesys*", entry},
    {"gs_change*", entry},
    {"ret_fast_syscall*", entry},
    {"__sys_trace*", entry},
    {"syscall_common*", entry},
    {"syscall_call*", entry},
    {"handle_sys*", entry},
    {"handle_exception*", entry},
    {"kernel_thread_exit*", entry},
    {"kernel_thread_helper*", entry},
    {"kernel_thread_starter*", entry},
    {"__ret_from_fork*", entry},
    {"__start_ret_from*", entry},
    {"work_pending*", entry},
    {"invoke_syscall*", entry},
    {"el0_svc*", entry},
    {"do_el0_svc*", entry},
    {"el0_sync*", entry},
    {"el0t_*", entry},
    {"ret_to_user*", entry},
    {"ret_from_exception*", entry},
    {"x64_sys_call*", entry},
    {"ia32_sys_call*", entry},
    {"secondary_start*", entry},
    {"start_secondary*", entry},
    {"x86_64_start*", entry},
    {"i386_start*", entry},
    {"start_here_common*", entry},
};

}  // namespace

std::span<const Rule> entry_rules() {
    return rules;
}

}  // namespace stallsight
