// The log before Linux 5.10: records one behind the other in a buffer, struct printk_log (struct log before 3.11).
// Source: kernel/printk/printk.c (struct printk_log, log_from_idx, log_next, log_buf_vmcoreinfo_setup) of
// Linux 5.9.
#include "base/endian.h"
#include "parsers/vmcore/printk.h"
#include "parsers/vmcore/printk_memory.h"

namespace stallsight {

namespace {

struct Offsets {
    explicit Offsets(const Vmcoreinfo& info)
        : layout(info),
          name(info.size("printk_log") ? "printk_log" : "log"),
          caller_id(info.offset(name + ".caller_id")) {}

    Layout layout;
    std::string name;
    std::optional<std::uint64_t> caller_id;  // only with CONFIG_PRINTK_CALLER
    std::uint64_t log_buf = layout.symbol("log_buf");
    std::uint64_t log_buf_len = layout.symbol("log_buf_len");
    std::uint64_t log_first_idx = layout.symbol("log_first_idx");
    std::uint64_t log_next_idx = layout.symbol("log_next_idx");
    std::uint64_t size = layout.size(name);
    std::uint64_t ts_nsec = layout.offset(name + ".ts_nsec");
    std::uint64_t len = layout.offset(name + ".len");
    std::uint64_t text_len = layout.offset(name + ".text_len");
    std::uint64_t dict_len = layout.offset(name + ".dict_len");
};

PrintkRecord record_of(std::string_view header, const Offsets& offsets, bool big_endian) {
    PrintkRecord record;
    record.nanoseconds = read_number_at(header, offsets.ts_nsec, 8, big_endian);
    record.facility = facility_of(header, offsets.dict_len);
    record.level = level_of(header, offsets.dict_len, big_endian);
    if (offsets.caller_id)
        record.caller = static_cast<std::uint32_t>(read_number_at(header, *offsets.caller_id, 4, big_endian));
    return record;
}

// Walks from the first record's index to the next one's; a record of length 0 says that the log goes on at the
// buffer's start.
class Walk {
public:
    Walk(const Dump& dump, const Offsets& offsets, std::uint64_t buffer, std::uint64_t size)
        : offsets_(offsets), big_endian_(dump.big_endian()), buffer_(dump, buffer, size) {}

    PrintkLog from(std::uint64_t first, std::uint64_t next) {
        PrintkLog log;
        bool wrapped = false;
        for (std::uint64_t at = first; at != next;) {
            const std::string_view header = buffer_.at(at, offsets_.size);
            const std::uint64_t length = read_number_at(header, offsets_.len, 2, big_endian_);
            const std::uint64_t text_length = read_number_at(header, offsets_.text_len, 2, big_endian_);
            if (!header.empty() && length == 0 && !wrapped) {
                wrapped = true;
                at = 0;
                continue;
            }
            PrintkRecord record = record_of(header, offsets_, big_endian_);
            const bool sound = !header.empty() && length >= offsets_.size + text_length && !(wrapped && at > next);
            const std::string_view text = sound ? buffer_.at(at + offsets_.size, text_length) : std::string_view();
            if (!sound || text.size() != text_length) {
                log.problems.push_back("the printk log is damaged or not readable at its byte " +
                                       std::to_string(at));
                break;
            }
            record.sequence = log.records.size();
            record.text = text;
            log.records.push_back(std::move(record));
            at += length;
        }
        return log;
    }

private:
    const Offsets& offsets_;
    bool big_endian_;
    MemoryWindow buffer_;
};

}  // namespace

Result<PrintkLog> read_log_buf(const Dump& dump) {
    const Offsets offsets(dump.vmcoreinfo());
    if (!offsets.layout.missing().empty())
        return fail("vmcoreinfo lacks " + offsets.layout.missing() + " of the printk log", dump.name());
    const auto buffer = dump.read_pointer(offsets.log_buf);
    const auto size = dump.read_number(offsets.log_buf_len, 4);
    const auto first = dump.read_number(offsets.log_first_idx, 4);
    const auto next = dump.read_number(offsets.log_next_idx, 4);
    if (!buffer || !size || !first || !next)
        return fail("the printk log's variables are not readable: " + dump.failure(), dump.name());
    if (*first >= *size || *next > *size)
        return fail("the printk log's variables are damaged: an index beyond the buffer", dump.name());
    return Walk(dump, offsets, *buffer, *size).from(*first, *next);
}

}  // namespace stallsight
