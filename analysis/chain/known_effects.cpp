#include "analysis/chain/known_effects.h"

#include <array>

#include "analysis/chain/preempt_count.h"

namespace stallsight {

std::span<const KnownEffect> known_effects() {
    static constexpr std::uint32_t bh = softirq_disable_offset, softirq = softirq_offset, hardirq = hardirq_offset;
    static constexpr std::array table = {
        KnownEffect{"__dev_queue_xmit*", "", "", bh, false, "bottom halves off",
                    "net/core/dev.c: rcu_read_lock_bh()"},
        KnownEffect{"__dev_queue_xmit*", "sch_direct_xmit*", "__qdisc_run*", 1, true, "qdisc lock",
                    "net/core/dev.c: __dev_xmit_skb() takes the root lock, or qdisc_run_begin() the seqlock"},
        KnownEffect{"__dev_queue_xmit*", "dev_hard_start_xmit*", "sch_direct_xmit*", 1, true, "transmit queue lock",
                    "net/core/dev.c: HARD_TX_LOCK()"},
        KnownEffect{"__qdisc_run*", "", "", 1, true, "qdisc lock",
                    "include/net/sch_generic.h: qdisc_run_begin(), or the root lock of __dev_xmit_skb()"},
        KnownEffect{"sch_direct_xmit*", "dev_hard_start_xmit*", "", 1, true, "transmit queue lock",
                    "net/sched/sch_generic.c: HARD_TX_LOCK()"},
        KnownEffect{"__do_softirq*", "", "", softirq, false, "serving softirqs",
                    "kernel/softirq.c: softirq_handle_begin()"},
        KnownEffect{"handle_softirqs*", "", "", softirq, false, "serving softirqs",
                    "kernel/softirq.c (6.10): softirq_handle_begin()"},
        KnownEffect{"__handle_irq_event_percpu*", "", "", hardirq, false, "hard interrupt",
                    "kernel/softirq.c: irq_enter()"},
        // arch/x86/include/asm/idtentry.h (5.10 to 7.2): DEFINE_IDTENTRY_SYSVEC() calls irq_enter_rcu() before the
        // handler
        KnownEffect{"sysvec_apic_timer_interrupt*", "__sysvec_apic_timer_interrupt*", "", hardirq, false,
                    "hard interrupt", "kernel/softirq.c: irq_enter_rcu()"},
        KnownEffect{"sysvec_call_function*", "__sysvec_call_function*", "", hardirq, false, "hard interrupt",
                    "kernel/softirq.c: irq_enter_rcu()"},
        KnownEffect{"sysvec_call_function_single*", "__sysvec_call_function_single*", "", hardirq, false,
                    "hard interrupt", "kernel/softirq.c: irq_enter_rcu()"},
        KnownEffect{"__local_bh_disable_ip*", "", "", bh, false, "bottom halves off",
                    "kernel/softirq.c: __local_bh_disable_ip()"},
        KnownEffect{"dev_watchdog*", "", "", 1, true, "transmit queue lock",
                    "net/sched/sch_generic.c: netif_tx_lock()"},
    };
    return table;
}

bool stands_for(std::string_view pattern, std::string_view function) {
    if (!pattern.ends_with('*')) return pattern == function;
    pattern.remove_suffix(1);
    return function == pattern || (function.starts_with(pattern) && function[pattern.size()] == '.');
}

}  // namespace stallsight
