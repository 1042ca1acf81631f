#include "parsers/records/journal_entry.h"

#include <cstdio>

#include "parsers/records/wall_clock.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// HOST_NAME_MAX; identifiers are programs' names.
constexpr std::size_t longest_name = 64;

std::string wall_stamp(std::string_view microseconds) {
    constexpr std::uint64_t year_9999 = 253'370'764'800'000'000;
    const auto value = eat_number(microseconds);
    if (!value || *value >= year_9999) return {};
    return iso_text(Moment(std::chrono::microseconds(*value)), true) + " ";
}

}  // namespace

std::string kernel_stamp(std::string_view microseconds) {
    const auto value = eat_number(microseconds);
    if (!value) return {};
    std::array<char, 48> out{};
    std::snprintf(out.data(), out.size(), "[%5llu.%06llu] ", static_cast<unsigned long long>(*value / 1'000'000),
                  static_cast<unsigned long long>(*value % 1'000'000));
    return out.data();
}

void write_journal_entry(const JournalEntry& entry, LineOrigin origin, LineWriter& out) {
    const auto& [message, priority, realtime, monotonic, source_monotonic, transport, host, identifier] = entry;
    if (message.empty() && transport.empty()) return;
    const bool kernel = transport == "kernel" || (transport.empty() && identifier == "kernel");
    std::string prefix;
    if (kernel && priority.size() == 1) prefix = "<" + priority + ">";
    prefix += wall_stamp(realtime);
    // A name before a stamp means something only behind a wall clock.
    if (!host.empty() && (!kernel || !realtime.empty())) prefix.append(host, 0, longest_name).append(" ");
    if (!kernel) prefix.append(identifier, 0, longest_name).append(": ");
    if (kernel && !realtime.empty()) prefix += "kernel: ";
    // The kernel's own stamp; the journal's says only when it was received.
    if (kernel) prefix += kernel_stamp(source_monotonic.empty() ? monotonic : source_monotonic);
    std::string_view lines = message;
    if (lines.ends_with('\n')) lines.remove_suffix(1);
    out.add(prefix, lines, origin);
}

}  // namespace stallsight
