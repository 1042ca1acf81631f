// Hard lockups: kernel/watchdog.c and kernel/watchdog_hld.c (x86's NMI watchdog, the buddy detector),
// arch/powerpc/kernel/watchdog.c.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

std::optional<int> cpu_after(std::string_view s, std::string_view key) {
    const auto cpu = number_after(s, key);
    if (!cpu || *cpu < 0 || *cpu > 65535) return std::nullopt;
    return static_cast<int>(*cpu);
}

bool accept(const Header& header, Event& event) {
    const std::string_view whole = header.record.message;
    if (contains(whole, "Kernel panic") || contains(whole, "became unstuck")) return false;
    // ppc names the CPU before the words: "watchdog: CPU 3 self-detected hard LOCKUP @ func+0x1/0x2"
    const bool x86 = contains(whole, "Watchdog detected hard LOCKUP");
    const bool self = contains(whole, "self-detected hard LOCKUP") || contains(whole, " Hard LOCKUP");
    const bool others = contains(whole, "detected hard LOCKUP on other CPUs");
    if (!x86 && !self && !others) return false;
    event.headline = std::string(trim(whole));
    if (x86) {
        event.cpu = cpu_after(whole, "LOCKUP on cpu ");
        event.fields["detector"] = "watchdog";
    } else if (others) {
        event.cpu = cpu_after(whole, "other CPUs ");
        if (const auto by = cpu_after(whole, "CPU ")) event.fields["detected_by"] = *by;
        event.fields["detector"] = "powerpc, other CPU";
    } else {
        event.cpu = cpu_after(whole, "CPU");
        event.fields["detector"] = "powerpc, self";
    }
    if (event.cpu) event.fields["stuck_cpu"] = *event.cpu;
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    // ppc: "CPU 3 TB:1234, last heartbeat TB:1000 (15000ms ago)"
    if (contains(s, "last heartbeat TB:")) {
        if (const auto ms = number_after(s, "(")) event.fields["last_heartbeat_ms"] = *ms;
        return true;
    }
    return s.starts_with("Sending NMI from CPU") || s.starts_with("Sending IPI to other CPUs");
}

}  // namespace

ReportKind hard_lockup_kind() {
    return {.name = "hard_lockup",
            .kind = EventKind::hard_lockup,
            .patterns = {"hard LOCKUP", "Hard LOCKUP"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
