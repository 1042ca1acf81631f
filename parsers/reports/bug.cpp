// "kernel BUG at mm/slab.c:12!": lib/bug.c, arch/*/kernel/traps.c; Rust's panics (rust/kernel/lib.rs).
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    if (eat(s, "kernel BUG at ")) {
        const std::size_t colon = s.rfind(':', std::min(s.find('!'), s.size()));
        if (colon == std::string_view::npos) return contains(s, "0x");
        std::string_view behind = s.substr(colon + 1);
        const auto line = eat_number(behind);
        if (behind.starts_with(' ')) return false;  // "kernel BUG at fs/inode.c:12 when unmounting" is prose
        event.fields["file"] = s.substr(0, colon);
        if (line) event.fields["source_line"] = *line;
    }
    if (!header.before_cut.empty()) event.fields["condition"] = header.before_cut;
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (contains(s, "[#") &&
        (s.starts_with("invalid opcode") || s.starts_with("Oops") || s.starts_with("Internal error"))) {
        event.fields["oops"] = s;
        return true;
    }
    return false;
}

}  // namespace

ReportKind bug_kind() {
    return {.name = "bug",
            .kind = EventKind::bug,
            .patterns = {"kernel BUG at ", "Kernel BUG at ", "Kernel bug detected[#", "rust_kernel: panicked at "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
