// "BUG: ..." lines that report a corrupted or misused object: mm/page_alloc.c, mm/memory.c, mm/slub.c, fs/dcache.c,
// kernel/locking/spinlock_debug.c, lib/smp_processor_id.c, kernel/workqueue.c. The last of all kinds to be asked.
#include <algorithm>
#include <array>

#include "parsers/reports/frame.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool is_kernels(const Record& record) {
    return record.time || record.level || !record.host.empty();
}

// mm/slub.c, slab_bug(): "BUG kmalloc-64 (Not tainted): Poison overwritten"; up to 3.3 "BUG kmalloc-64: Poison ..."
bool is_slab_report(const Record& record, std::string_view s) {
    if (!eat(s, "BUG ")) return false;
    if (contains(s, " (Tainted: ") || contains(s, " (Not tainted")) return contains(s, "): ");
    return is_kernels(record) && eat_word(s).ends_with(':') && !trim(s).empty();
}

// Programs write "BUG: ", too. What the kernel says behind it is known; other words count only in a kernel's
// record.
bool is_known(std::string_view s) {
    static constexpr auto known = std::to_array<std::string_view>({"using ",
                                                                   "spinlock ",
                                                                   "rwlock ",
                                                                   "workqueue leaked ",
                                                                   "Bad page ",
                                                                   "Bad rss-counter ",
                                                                   "non-zero pgtables_bytes ",
                                                                   "Dentry ",
                                                                   "mempool element ",
                                                                   "looking up invalid subclass",
                                                                   "key ",
                                                                   "assuming ",
                                                                   "unsupported FP instruction",
                                                                   "FP instruction issued",
                                                                   "not creating mapping",
                                                                   "recent printk recursion",
                                                                   "scheduling ",
                                                                   "sleeping ",
                                                                   "soft lockup",
                                                                   "workqueue lockup",
                                                                   "unable to handle "});
    eat(s, "BUG: ");
    return std::any_of(known.begin(), known.end(), [&](std::string_view k) { return begins(s, k); });
}

bool accept(const Header& header, Event& event) {
    const std::string_view s = header.text;
    const bool slab = is_slab_report(header.record, s);
    const bool fragment = s.starts_with("INFO: Freed in ") || s.starts_with("INFO: Allocated in ");
    if (!slab && !fragment && (!s.starts_with("BUG: ") || (!is_known(s) && !is_kernels(header.record))))
        return false;
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
    std::string_view s = trim(message);
    // lib/smp_processor_id.c: "caller is txg_hold_open+0x22/0x5f [zfs]"
    if (eat(s, "caller is ")) {
        if (const auto frame = eat_symbol(s)) {
            event.fields["caller"] = frame->function;
            if (!frame->module.empty()) event.fields["module"] = frame->module;
        }
        return true;
    }
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
