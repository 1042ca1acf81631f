// The registers of a report that say whether the interrupted kernel code had interrupts off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stallsight {

struct InterruptFlag {
    bool on = false;
    std::string printed;  // "IRQMASK: 0", "MSR[EE] of 000000008202b002", "EFLAGS: 00000246"
};

// From the first dump of kernel registers in `report`: x86 EFLAGS.IF behind a kernel RIP, powerpc IRQMASK (64 bits,
// where interrupts are masked by software) or MSR[EE]. Nothing: no such register is printed.
std::optional<InterruptFlag> interrupt_flag(std::string_view report);

}  // namespace stallsight
