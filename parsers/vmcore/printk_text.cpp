// The log before Linux 3.5: lines of text in a ring of characters, each with its level and stamp as printk() wrote
// it. Source: kernel/printk.c (emit_log_char, vprintk, log_prefix, log_buf_kexec_setup) of Linux 3.4.
#include <algorithm>
#include <charconv>

#include "parsers/vmcore/printk.h"
#include "parsers/vmcore/printk_memory.h"

namespace stallsight {

namespace {

// Missing memory costs no more than its page.
constexpr std::uint64_t block_bytes = 4096;
// log_buf_len is an int, and a power of two: indexes are masked with it.
constexpr std::uint64_t most_bytes = 1U << 30U;
// What call_console_drivers() takes where the ring's end has overwritten a line's prefix.
constexpr int default_message_loglevel = 4;

struct Places {
    explicit Places(const Vmcoreinfo& info) : layout(info) {}

    Layout layout;
    std::uint64_t log_buf = layout.symbol("log_buf");
    std::uint64_t log_buf_len = layout.symbol("log_buf_len");
    std::uint64_t log_end = layout.symbol("log_end");
    std::uint64_t logged_chars = layout.symbol("logged_chars");
};

// Takes "<6>" off the line; the number holds the facility, too.
void take_prefix(std::string_view& line, PrintkRecord& record) {
    record.level = default_message_loglevel;
    if (!line.starts_with('<')) return;
    unsigned number = 0;
    const auto [end, error] = std::from_chars(line.data() + 1, line.data() + line.size(), number);
    if (error != std::errc() || end == line.data() + line.size() || *end != '>') return;
    record.level = static_cast<int>(number & 7U);
    record.facility = static_cast<int>(number >> 3U & 0xffU);
    line.remove_prefix(static_cast<std::size_t>(end + 1 - line.data()));
}

// Takes "[    1.234567] " off the line, which printk() writes with printk.time only.
void take_stamp(std::string_view& line, PrintkRecord& record) {
    constexpr std::size_t digits_of_micros = 6;
    const std::size_t close = line.find("] ");
    if (!line.starts_with('[') || close == std::string_view::npos) return;
    const std::size_t digits = std::min(line.find_first_not_of(' ', 1), close);
    const char* const end = line.data() + close;
    std::uint32_t seconds = 0;
    std::uint32_t micros = 0;
    const auto [dot, no_seconds] = std::from_chars(line.data() + digits, end, seconds);
    if (no_seconds != std::errc() || dot + 1 + digits_of_micros != end || *dot != '.') return;
    const auto [behind, no_micros] = std::from_chars(dot + 1, end, micros);
    if (no_micros != std::errc() || behind != end) return;
    record.nanoseconds = (std::uint64_t{seconds} * 1000000 + micros) * 1000;
    line.remove_prefix(close + 2);
}

// The characters from index `first` on, in order; where memory is missing a line ends.
std::string characters(MemoryWindow& ring, std::uint64_t size, std::uint64_t first, std::uint64_t count,
                       std::uint64_t& missing) {
    std::string text;
    for (std::uint64_t i = 0; i < count;) {
        const std::uint64_t at = (first + i) & (size - 1);
        const std::uint64_t length = std::min({count - i, size - at, block_bytes - at % block_bytes});
        const std::string_view read = ring.at(at, length);
        text += read;
        if (read.empty()) {
            missing += length;
            if (!text.empty() && text.back() != '\n') text += '\n';
        }
        i += length;
    }
    return text;
}

PrintkLog lines_of(std::string_view text) {
    PrintkLog log;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        PrintkRecord record;
        record.sequence = log.records.size();
        take_prefix(line, record);
        take_stamp(line, record);
        record.text = line;
        log.records.push_back(std::move(record));
    }
    return log;
}

}  // namespace

Result<PrintkLog> read_text_log(const Dump& dump) {
    const Places places(dump.vmcoreinfo());
    if (!places.layout.missing().empty())
        return fail("vmcoreinfo lacks " + places.layout.missing() + " of the printk log", dump.name());
    const auto buffer = dump.read_pointer(places.log_buf);
    const auto size = dump.read_number(places.log_buf_len, 4);
    const auto end = dump.read_number(places.log_end, 4);
    const auto logged = dump.read_number(places.logged_chars, 4);
    if (!buffer || !size || !end || !logged)
        return fail("the printk log's variables are not readable: " + dump.failure(), dump.name());
    if (*size == 0 || *size > most_bytes || (*size & (*size - 1)) != 0)
        return fail("the printk log's variables are damaged: no buffer has " + std::to_string(*size) + " bytes",
                    dump.name());
    // log_end counts all characters since boot, and starts again at 4 GiB; logged_chars those since `dmesg -c`.
    const std::uint64_t count = std::min(std::max(*end, *logged), *size);
    std::uint64_t missing = 0;
    MemoryWindow ring(dump, *buffer, *size);
    PrintkLog log = lines_of(characters(ring, *size, *end - count, count, missing));
    if (missing != 0) log.problems.push_back(std::to_string(missing) + " bytes of the printk log cannot be read");
    return log;
}

}  // namespace stallsight
