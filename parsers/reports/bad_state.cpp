// "BUG: ..." lines that report a corrupted or misused object: mm/page_alloc.c, mm/memory.c, mm/slub.c, fs/dcache.c,
// kernel/locking/spinlock_debug.c, lib/smp_processor_id.c, kernel/workqueue.c. The last of all kinds to be asked.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// mm/slub.c, slab_bug(): "BUG kmalloc-64 (Not tainted): Poison overwritten"
bool is_slab_report(std::string_view s) {
    return s.starts_with("BUG ") && (contains(s, " (Tainted: ") || contains(s, " (Not tainted")) &&
           contains(s, "): ");
}

bool accept(const Header& header, Event& event) {
    const std::string_view s = header.text;
    const bool slab = is_slab_report(s);
    const bool fragment = s.starts_with("INFO: Freed in ") || s.starts_with("INFO: Allocated in ");
    if (!slab && !fragment && !s.starts_with("BUG: ")) return false;
    // "BUG: " alone is a common word: the message must begin with it.
    if (!plain_header(header, event) || trim(s).size() < 8) return false;
    if (fragment) {
        event.kind = EventKind::other;
        event.partial = true;
        event.partial_reason = "a part of a slab report whose head is missing";
    }
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    // kernel/workqueue.c: "     last function: addrconf_dad_work"
    if (!s.starts_with("last function: ")) return false;
    event.fields["last_function"] = s.substr(15);
    return true;
}

}  // namespace

ReportKind bad_state_kind() {
    return {.name = "bad_state",
            .kind = EventKind::bug,
            .patterns = {"BUG: ", "BUG ", "INFO: Freed in ", "INFO: Allocated in "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
