// One line of a `crash` back trace. Formats: x86_64_print_stack_entry(), ppc64_print_stack_entry(),
// ppc64_print_nip_lr(), arm64_print_exception_frame() of crash 8.0.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/reports/event.h"

namespace stallsight {

// " #1 [ffffb6abc01b3ef8] hwa_poll_hw_ready at ffffffffc029414d [hwa_diag]", bt -s with "name+61",
// bt -t without the number (not reliable), ppc64 " [Link Register] [c0000000] .f at c0000000".
std::optional<Frame> crash_stack_entry(std::string_view line);

// The entry whole, where the right edge of a terminal or of a mail cut it into these two lines.
std::optional<std::string> joined_stack_entry(std::string_view line, std::string_view next);

// "    [exception RIP: read_hpet+109]", " [NIP  : .f+36]", "     PC: ffff800010a3c2f4  [f+24]": the place where
// the CPU was, with the decimal offset that crash prints.
std::optional<Frame> crash_exception_place(std::string_view line);

// "    RIP: ffffffffbce35add  RSP: ..." or " NIP: c000...": the address that belongs to the place before it.
std::optional<std::uint64_t> crash_register_pc(std::string_view line);

}  // namespace stallsight
