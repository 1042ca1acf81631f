// "BUG: KCSAN: data-race in a / b": kernel/kcsan/report.c, 5.8 to 6.x. Both sides' stacks are kept.
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

bool accept(const Header& header, Event& event) {
    if (!plain_header(header, event)) return false;
    std::string_view s = header.text;
    eat(s, "BUG: KCSAN: ");
    const std::size_t in = s.find(" in ");
    event.fields["bug_type"] = trim(s.substr(0, in));
    if (in == std::string_view::npos) return true;
    event.fields["functions"] = Fields::array();
    std::string_view rest = s.substr(in + 4);
    while (!rest.empty()) {
        const std::size_t slash = rest.find(" / ");
        const std::string_view name = trim(rest.substr(0, slash));
        event.fields["functions"].push_back(name.substr(0, name.find('+')));
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 3);
    }
    return true;
}

bool line(std::string_view message, Event& event, Body&) {
    const std::string_view s = trim(message);
    if (s.starts_with("value changed: ")) {
        event.fields["value_changed"] = s.substr(15);
        return true;
    }
    return s.starts_with("Reported by Kernel Concurrency Sanitizer") || s.starts_with("race at unknown origin");
}

}  // namespace

ReportKind kcsan_kind() {
    return {
        .name = "kcsan", .kind = EventKind::kcsan, .patterns = {"BUG: KCSAN: "}, .accept = accept, .line = line};
}

}  // namespace stallsight
