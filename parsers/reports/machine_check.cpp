// Machine checks: arch/x86/kernel/cpu/mce/core.c, arch/powerpc/kernel/mce.c and traps.c.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!usual_lead(header.lead) && !contains(header.lead, "[Hardware Error]")) return false;
    event.headline = std::string(trim(header.record.message));
    event.fields["subtype"] = "machine_check";
    std::string_view s = header.text;
    if (const auto cpu = number_after(s, "CPU "); cpu && *cpu >= 0 && *cpu <= 65535)
        event.cpu = static_cast<int>(*cpu);
    if (const std::string_view status = word_after(s, "Bank "); !status.empty()) event.fields["bank"] = status;
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (!contains(s, "[Hardware Error]: ")) return false;
    if (!event.fields.contains("lines")) event.fields["lines"] = Fields::array();
    if (event.fields["lines"].size() < 64) event.fields["lines"].push_back(s.substr(s.find("Error]: ") + 8));
    return true;
}

}  // namespace

ReportKind machine_check_kind() {
    return {.name = "machine_check",
            .kind = EventKind::other,
            .patterns = {"Machine Check Exception: ", "Machine Check: ", "Machine check in kernel mode",
                         "Machine check interrupt is"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
