// Messages that bring a stack but report no fault of the kernel: they end the report before them, and their stack
// is nobody's.
#include "parsers/reports/kinds.h"

namespace stallsight {

ReportKind notice_kind() {
    return {
        .name = "notice",
        .kind = EventKind::other,
        // lib/fault-inject.c, mm/page_alloc.c (warn_alloc()), mm/slub.c, drivers/tty/sysrq.c
        .patterns = {"FAULT_INJECTION: forcing a failure", "FAULT_FLAG_ALLOW_RETRY missing",
                     "page allocation failure: order:", "page allocation failure. order:", "allocation failure: ",
                     "SLUB: Unable to allocate memory on", "Linux version ", "sysrq: Show ", "sysrq: SysRq : "},
        .accept = plain_header,
        .notice = true};
}

}  // namespace stallsight
