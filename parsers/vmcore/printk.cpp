#include "parsers/vmcore/printk.h"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace stallsight {

namespace {

constexpr std::uint32_t caller_is_cpu = 0x80000000U;

// kernel/printk/printk.c, info_print_prefix() of Linux 6.1.
std::string prefix_of(const PrintkRecord& record) {
    std::string prefix = "<" + std::to_string(record.facility * 8 + record.level) + ">";
    if (!record.nanoseconds) return prefix;
    std::array<char, 32> stamp{};
    const std::uint64_t micros = *record.nanoseconds / 1000;
    std::snprintf(stamp.data(), stamp.size(), "[%5" PRIu64 ".%06" PRIu64 "]", micros / 1000000, micros % 1000000);
    prefix += stamp.data();
    if (record.caller) {
        const bool cpu = (*record.caller & caller_is_cpu) != 0;
        const std::string who = (cpu ? "C" : "T") + std::to_string(*record.caller & ~caller_is_cpu);
        prefix += "[" + std::string(who.size() < 6 ? 6 - who.size() : 0, ' ') + who + "]";
    }
    return prefix + " ";
}

}  // namespace

Result<PrintkLog> read_printk(const Dump& dump) {
    if (dump.vmcoreinfo().empty()) return fail("has no vmcoreinfo, which says where the log is", dump.name());
    const auto knows = [&](const char* name) { return dump.vmcoreinfo().symbol(name).has_value(); };
    auto log = knows("prb") ? read_ringbuffer(dump) : knows("log_end") ? read_text_log(dump) : read_log_buf(dump);
    // A kernel that has come as far as to leave vmcoreinfo has printed something.
    if (log && log->records.empty() && log->problems.empty())
        log->problems.emplace_back("the printk log has no record: it is damaged");
    return log;
}

std::string text_of(const PrintkLog& log) {
    std::string out;
    for (const PrintkRecord& record : log.records) {
        const std::string prefix = prefix_of(record);
        std::string_view rest = record.text;
        while (true) {
            const std::size_t end = rest.find('\n');
            out += prefix;
            for (const char c : rest.substr(0, end)) out += c == '\0' ? ' ' : c;
            out += '\n';
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
    }
    return out;
}

}  // namespace stallsight
