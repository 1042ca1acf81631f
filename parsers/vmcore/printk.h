// The kernel's log in its memory, as printk left it, found with vmcoreinfo alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/vmcore/dump.h"

namespace stallsight {

struct PrintkRecord {
    std::uint64_t sequence = 0;
    std::optional<std::uint64_t> nanoseconds;  // of the kernel's own clock; before 3.5 only with printk.time
    int level = 0;                             // 0 emerg .. 7 debug
    int facility = 0;                          // 0: the kernel itself
    std::optional<std::uint32_t> caller;  // PRINTK_CALLER: the task's pid, or 0x80000000 + CPU outside of tasks
    std::string text;                     // without line end at its end; may hold line ends and NULs
};

struct PrintkLog {
    std::vector<PrintkRecord> records;  // oldest first
    std::vector<std::string> problems;  // "17 of 4096 records are not in the dump" ...
};

// The log in whichever form this kernel keeps it. Fails where there is none to be found; what of it cannot be read
// is in problems.
Result<PrintkLog> read_printk(const Dump& dump);

// Each record as syslog(2) and dmesg -r print it, "<6>[    0.000000][    T0] text", a line end behind it; each
// further line of its text has the same stamp. What is not printable in it stays as it is, but for NULs.
std::string text_of(const PrintkLog& log);

// The forms: lines of text in a ring of characters (before Linux 3.5), struct printk_log in a byte buffer (3.5
// to 5.9), and the lockless ring buffer (since 5.10).
Result<PrintkLog> read_text_log(const Dump& dump);
Result<PrintkLog> read_log_buf(const Dump& dump);
Result<PrintkLog> read_ringbuffer(const Dump& dump);

}  // namespace stallsight
