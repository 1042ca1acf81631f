// Where the fields of preempt_count lie, by version and architecture.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stallsight {

// Bits 0-7 count preempt_disable(), 8-15 softirqs; hard interrupts begin at bit 16 and NMIs follow them. Above them
// stood PREEMPT_ACTIVE, up to 4.3. Bit 31 is PREEMPT_NEED_RESCHED on x86 (since 3.13) and s390 (since 4.10), which
// preempt_count() masks out, so that no report prints it.
struct CountLayout {
    unsigned hardirq_bits, nmi_bits;
    std::uint32_t preempt_active;     // 0: there is none
    std::uint32_t bottom_halves_off;  // what local_bh_disable() adds: SOFTIRQ_DISABLE_OFFSET
    std::string_view source;          // "arch/s390/include/asm/hardirq.h (3.6)"
};

// `release` as printed ("5.4.72"); empty, or no version: a recent one. `arch` as CoreInfo has it; empty: what holds
// for most.
CountLayout count_layout(const std::string& release, std::string_view arch);

}  // namespace stallsight
