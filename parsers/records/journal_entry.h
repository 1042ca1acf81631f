// One entry of the journal as a plain kernel line.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "parsers/records/rewritten_log.h"

namespace stallsight {

// What of an entry matters (systemd.journal-fields(7)); the order is that of JournalEntry.
inline constexpr std::array<std::string_view, 8> journal_fields = {
    "MESSAGE",    "PRIORITY",  "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "_SOURCE_MONOTONIC_TIMESTAMP",
    "_TRANSPORT", "_HOSTNAME", "SYSLOG_IDENTIFIER"};

using JournalEntry = std::array<std::string, journal_fields.size()>;

// "<6>2022-01-27T16:21:07.123456Z fant-h kernel: [   12.345678] eth0: link up", one line for each line of its
// message; "2022-01-27T16:21:07.123456Z fant-h sshd: ..." when it is not the kernel's.
void write_journal_entry(const JournalEntry& entry, LineOrigin origin, LineWriter& out);

// "[   12.345678] ", or nothing when it is no number.
std::string kernel_stamp(std::string_view microseconds);

}  // namespace stallsight
