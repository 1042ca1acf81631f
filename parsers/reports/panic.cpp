// "Kernel panic - not syncing: ...": kernel/panic.c.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    // A dying machine tears lines: in a stamped record the words count behind another's half line, too.
    const bool torn = header.record.time && !contains(header.lead, "---[ end") &&
                      header.lead.find_first_of("\"'%") == std::string_view::npos;
    if (!usual_lead(header.lead) && !torn) return false;
    event.headline = std::string(trim(header.text));
    std::string_view s = header.text;
    eat(s, "Kernel panic - not syncing: ");
    event.fields["reason"] = trim(s);
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (s.starts_with("Kernel Offset: ")) {
        event.fields["kernel_offset"] = word_after(s, "Offset: ");
        return true;
    }
    return s.starts_with("Rebooting in ") || s.starts_with("Shutting down cpus") ||
           s.starts_with("Dumping ftrace") || s.starts_with("SMP: stopping") || s.starts_with("CPU features:") ||
           s.starts_with("Memory Limit:") || s.starts_with("PHYS_OFFSET") || s.starts_with("(ftrace buffer");
}

}  // namespace

ReportKind panic_kind() {
    return {.name = "panic",
            .kind = EventKind::panic,
            .patterns = {"Kernel panic - not syncing"},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
