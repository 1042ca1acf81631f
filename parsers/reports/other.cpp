// Reports that have no kind of their own in the contract.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    const std::string_view s = header.text;
    if (s.starts_with("unregister_netdevice: waiting for ") && !contains(s, " to become free")) return false;
    if (s.starts_with("VFS: Busy inodes after unmount") && !contains(s, "elf-destruct")) return false;
    return plain_header(header, event);
}

}  // namespace

ReportKind other_kind() {
    return {.name = "other",
            .kind = EventKind::other,
            // net/core/dev.c, fs/super.c, fs/open.c, drivers/trusty
            .patterns = {"unregister_netdevice: waiting for ", "VFS: Busy inodes after unmount",
                         "VFS: Close: file count is "},
            .accept = accept,
            .single_line = true};
}

}  // namespace stallsight
