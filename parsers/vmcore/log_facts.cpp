#include "parsers/vmcore/log_facts.h"

#include <algorithm>

namespace stallsight {

namespace {

// The text of the last record that begins so, behind it where the beginning is only a label.
std::string last_record(const PrintkLog& log, std::string_view beginning, bool label) {
    const auto found = std::find_if(log.records.rbegin(), log.records.rend(),
                                    [&](const PrintkRecord& r) { return r.text.starts_with(beginning); });
    if (found == log.records.rend()) return {};
    return label ? found->text.substr(beginning.size()) : found->text;
}

}  // namespace

KernelState facts_of(const Dump& dump, const PrintkLog& log) {
    KernelState state;
    state.release = dump.vmcoreinfo().value("OSRELEASE").value_or("");
    state.crash_time_s = dump.vmcoreinfo().crash_time();
    state.panic = last_record(log, "Kernel panic - not syncing", false);   // kernel/panic.c
    state.command_line = last_record(log, "Kernel command line: ", true);  // init/main.c
    if (!dump.cpus().empty()) state.cpus = static_cast<int>(dump.cpus().size());
    for (const PrintkRecord& record : log.records)
        state.log_lines += 1 + static_cast<std::uint64_t>(std::count(record.text.begin(), record.text.end(), '\n'));
    return state;
}

}  // namespace stallsight
