// The stamps that stand in front of a kernel message. Each function takes its stamp off the front of `s` and
// returns it, or leaves `s` alone.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/records/record.h"

namespace stallsight {

// Escape sequences (ECMA-48), NULs, carriage returns and other control bytes that terminals leave behind.
void eat_noise(std::string_view& s);

// "<6>", the level of /proc/kmsg, dmesg -r and syslog's PRI; facility bits are dropped.
std::optional<int> eat_level(std::string_view& s);
// "kern  :alert : " of dmesg -x.
std::optional<int> eat_named_level(std::string_view& s);

// "[   12.345678]" (kernel/printk/printk.c, print_time), also with "<    0.000123>" of dmesg --show-delta.
std::optional<Time> eat_kernel_stamp(std::string_view& s);
// Offset of the first "[   12.345678]" in `s` from `from` on, or npos.
std::size_t find_kernel_stamp(std::string_view s, std::size_t from = 0);

// "[T123]" or "[    C3]" (print_caller).
bool eat_caller(std::string_view& s, Record& record);

// "6,1234,5678901,-;message" of /dev/kmsg and extended netconsole (Documentation/ABI/testing/dev-kmsg); netconsole
// may put the kernel's release in front.
bool eat_kmsg(std::string_view& s, Record& record);

// A wall-clock stamp of syslog, journalctl, dmesg -T / iso / reltime, or of a terminal program.
std::string_view eat_wall(std::string_view& s);

}  // namespace stallsight
