// Faults and traps of the kernel itself: arch/x86/mm/fault.c and kernel/traps.c, arch/arm/mm/fault.c and
// kernel/traps.c, arch/arm64/mm/fault.c and kernel/traps.c, arch/powerpc/mm/fault.c and kernel/traps.c,
// arch/mips/mm/fault.c, arch/riscv/mm/fault.c, arch/s390/mm/fault.c, arch/loongarch/mm/fault.c; 2.6 to 6.x.
#include <algorithm>
#include <array>

#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// Traps print "<name>: <error code> [#<count>] PREEMPT SMP"; the same names without the count are about programs.
bool needs_count(std::string_view s) {
    static constexpr std::array<std::string_view, 14> traps = {
        "general protection", "divide error",       "divide_error",    "invalid opcode", "int3",
        "stack segment",      "segment not",        "alignment check", "Oops",           "Internal error",
        "double fault:",      "control protection", "bounds:",         "simd exception"};
    return std::any_of(traps.begin(), traps.end(), [&](std::string_view t) { return s.starts_with(t); });
}

std::string_view subtype_of(std::string_view s) {
    if (contains(s, "NULL pointer dereference")) return "null_dereference";
    if (contains(s, "user memory") || contains(s, "user page")) return "user_access";
    if (contains(s, "paging request") || contains(s, "page fault") || contains(s, "data access"))
        return "paging_request";
    if (contains(s, "general protection")) return "general_protection";
    if (contains(s, "divide")) return "divide_error";
    if (contains(s, "stack guard page")) return "stack_guard";
    if (contains(s, "double fault")) return "double_fault";
    if (contains(s, "int3")) return "int3";
    return "trap";
}

void put_address(std::string_view s, Event& event) {
    static constexpr std::array<std::string_view, 7> keys = {
        "virtual address ", "address: ", "for address ", "address 0x", " at 0x", "request at ", "dereference at "};
    for (const std::string_view key : keys) {
        const std::size_t at = s.find(key);
        if (at == std::string_view::npos) continue;
        std::string_view rest = s.substr(at + key.size());
        const std::string_view digits = rest.substr(0, rest.find_first_of(" :,("));
        if (!eat_hex(rest)) continue;
        event.fields["address"] = (key.ends_with("0x") ? "0x" : "") + std::string(digits);
        return;
    }
}

bool accept(const Header& header, Event& event) {
    const std::string_view s = header.text;
    if (!usual_lead(header.lead) && !header.lead.starts_with("CPU ") && !header.lead.starts_with("BUG: "))
        return false;
    if (needs_count(s) && !contains(s, "[#")) return false;
    if (s.starts_with("general protection fault ip:")) return false;
    set_headline(header, event);
    event.fields["subtype"] = subtype_of(s);
    put_address(s, event);
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (contains(s, "[#") && needs_count(s)) {
        event.fields["oops"] = s;
        return true;
    }
    if (s.starts_with("KASAN: ")) {
        event.fields["kasan"] = s.substr(7);
        return true;
    }
    if (s.starts_with("#PF: ") && contains(s, " instruction fetch")) event.fields["instruction_fetch"] = true;
    static constexpr std::array<std::string_view, 12> own = {
        "#PF: ", "#PF error", "Mem abort", "Data abort", "ESR =", "EC =",
        "SET =", "EA =",      "ISV =",     "FSC =",      "CM =",  "Faulting instruction address"};
    return std::any_of(own.begin(), own.end(), [&](std::string_view key) { return s.starts_with(key); });
}

}  // namespace

ReportKind oops_kind() {
    return {.name = "oops",
            .kind = EventKind::oops,
            .patterns = {"BUG: unable to handle ",
                         "BUG: Unable to handle kernel ",
                         "Unable to handle kernel ",
                         "BUG: kernel NULL pointer dereference",
                         "BUG: Kernel NULL pointer dereference",
                         "Kernel attempted to ",
                         "general protection fault",
                         "divide error: ",
                         "divide_error: ",
                         "invalid opcode: ",
                         "int3: ",
                         "stack segment: ",
                         "segment not present: ",
                         "alignment check: ",
                         "control protection fault",
                         "simd exception: ",
                         "Oops: ",
                         "Oops[#",
                         "Oops - ",
                         "Internal error: ",
                         "Unhandled fault: ",
                         "Unhandled prefetch abort: ",
                         "Alignment trap: not handling instruction",
                         "PANIC: double fault",
                         "double fault: ",
                         "stack guard page was hit",
                         "Insufficient stack space to handle exception",
                         "Unhandled kernel unaligned access",
                         "Unexpected kernel BRK exception",
                         "Bad mode in ",
                         "Kernel stack overflow in process",
                         "Kernel unaligned access at"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
