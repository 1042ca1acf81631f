// The lockless ring buffer of Linux 5.10 and later: a ring of descriptors with their infos, and a ring of text.
// Source: kernel/printk/printk_ringbuffer.h, printk_ringbuffer.c (get_data, copy_data), printk.c
// (log_buf_vmcoreinfo_setup) of Linux 6.1.
#include <algorithm>

#include "base/endian.h"
#include "parsers/vmcore/printk.h"
#include "parsers/vmcore/printk_memory.h"

namespace stallsight {

namespace {

// LOG_BUF_LEN_MAX is 2 GiB, and a descriptor stands for 32 bytes of text (PRB_AVGBITS).
constexpr std::uint64_t most_size_bits = 31;
constexpr std::uint64_t most_count_bits = most_size_bits - 5;
// A ring of which so much is missing is not walked to its end.
constexpr std::uint64_t most_missing = 100000;

// enum desc_state
constexpr std::uint64_t desc_committed = 1;
constexpr std::uint64_t desc_finalized = 2;

struct Offsets {
    explicit Offsets(const Vmcoreinfo& info) : layout(info) {}

    Layout layout;
    std::uint64_t prb = layout.symbol("prb");
    std::uint64_t rb_size = layout.size("printk_ringbuffer");
    std::uint64_t desc_ring = layout.offset("printk_ringbuffer.desc_ring");
    std::uint64_t text_data_ring = layout.offset("printk_ringbuffer.text_data_ring");
    std::uint64_t count_bits = layout.offset("prb_desc_ring.count_bits");
    std::uint64_t descs = layout.offset("prb_desc_ring.descs");
    std::uint64_t infos = layout.offset("prb_desc_ring.infos");
    std::uint64_t head_id = layout.offset("prb_desc_ring.head_id");
    std::uint64_t tail_id = layout.offset("prb_desc_ring.tail_id");
    std::uint64_t desc_size = layout.size("prb_desc");
    std::uint64_t state_var = layout.offset("prb_desc.state_var");
    std::uint64_t text_blk_lpos = layout.offset("prb_desc.text_blk_lpos");
    std::uint64_t begin = layout.offset("prb_data_blk_lpos.begin");
    std::uint64_t next = layout.offset("prb_data_blk_lpos.next");
    std::uint64_t info_size = layout.size("printk_info");
    std::uint64_t seq = layout.offset("printk_info.seq");
    std::uint64_t ts_nsec = layout.offset("printk_info.ts_nsec");
    std::uint64_t text_len = layout.offset("printk_info.text_len");
    std::uint64_t caller_id = layout.offset("printk_info.caller_id");
    std::uint64_t size_bits = layout.offset("prb_data_ring.size_bits");
    std::uint64_t data = layout.offset("prb_data_ring.data");
    std::uint64_t counter = layout.offset("atomic_long_t.counter");
};

// A number of the dump's byte order in bytes that were read of it; 0 beyond their end.
struct Numbers {
    bool big_endian;
    std::size_t long_bytes;

    [[nodiscard]] std::uint64_t at(std::string_view bytes, std::uint64_t offset, std::size_t size) const {
        return read_number_at(bytes, offset, size, big_endian);
    }
    [[nodiscard]] std::uint64_t long_at(std::string_view bytes, std::uint64_t offset) const {
        return at(bytes, offset, long_bytes);
    }
};

class Ringbuffer {
public:
    Ringbuffer(const Dump& dump, const Offsets& offsets, std::string_view head)
        : offsets_(offsets),
          numbers_{dump.big_endian(), dump.pointer_size()},
          count_bits_(numbers_.at(head, offsets.desc_ring + offsets.count_bits, 4)),
          size_bits_(numbers_.at(head, offsets.text_data_ring + offsets.size_bits, 4)),
          tail_(id_of(numbers_.long_at(head, offsets.desc_ring + offsets.tail_id + offsets.counter))),
          head_(id_of(numbers_.long_at(head, offsets.desc_ring + offsets.head_id + offsets.counter))),
          descs_(dump, numbers_.long_at(head, offsets.desc_ring + offsets.descs), count() * offsets.desc_size),
          infos_(dump, numbers_.long_at(head, offsets.desc_ring + offsets.infos), count() * offsets.info_size),
          text_(dump, numbers_.long_at(head, offsets.text_data_ring + offsets.data), data_size()) {}

    [[nodiscard]] bool believable() const {
        return count_bits_ <= most_count_bits && size_bits_ <= most_size_bits && size_bits_ > 3;
    }

    PrintkLog records() {
        PrintkLog log;
        std::uint64_t id = tail_;
        for (std::uint64_t i = 0; i < count() && missing_ < most_missing && text_bytes_ <= data_size(); ++i) {
            add_record(id, log);
            if (id == head_) break;
            id = id_of(id + 1);
        }
        if (missing_ != 0)
            log.problems.push_back(std::to_string(missing_) + " descriptors of the printk ring cannot be read");
        if (textless_ != 0)
            log.problems.push_back("the text of " + std::to_string(textless_) + " printk records cannot be read");
        return log;
    }

private:
    [[nodiscard]] std::uint64_t count() const { return 1ULL << (count_bits_ & 63U); }
    [[nodiscard]] std::uint64_t data_size() const { return 1ULL << (size_bits_ & 63U); }
    [[nodiscard]] unsigned long_bits() const { return static_cast<unsigned>(numbers_.long_bytes * 8); }
    // DESC_ID(): what is below the two bits of the state.
    [[nodiscard]] std::uint64_t id_of(std::uint64_t value) const {
        return value & ((1ULL << (long_bits() - 2)) - 1);
    }

    void add_record(std::uint64_t id, PrintkLog& log) {
        const std::uint64_t index = id & (count() - 1);
        const std::string_view desc = descs_.at(index * offsets_.desc_size, offsets_.desc_size);
        const std::string_view info = infos_.at(index * offsets_.info_size, offsets_.info_size);
        if (desc.empty() || info.empty()) {
            ++missing_;
            return;
        }
        const std::uint64_t state_var = numbers_.long_at(desc, offsets_.state_var + offsets_.counter);
        const std::uint64_t state = state_var >> (long_bits() - 2);
        // Reserved: its writer had not ended; reusable, or another id: it is not of this round.
        if (id_of(state_var) != id || (state != desc_committed && state != desc_finalized)) return;

        PrintkRecord record;
        record.sequence = numbers_.at(info, offsets_.seq, 8);
        record.nanoseconds = numbers_.at(info, offsets_.ts_nsec, 8);
        record.facility = facility_of(info, offsets_.text_len);
        record.level = level_of(info, offsets_.text_len, numbers_.big_endian);
        record.caller = static_cast<std::uint32_t>(numbers_.at(info, offsets_.caller_id, 4));
        record.text = text_at(numbers_.long_at(desc, offsets_.text_blk_lpos + offsets_.begin),
                              numbers_.long_at(desc, offsets_.text_blk_lpos + offsets_.next),
                              numbers_.at(info, offsets_.text_len, 2));
        text_bytes_ += record.text.size();
        log.records.push_back(std::move(record));
    }

    // A data block is its descriptor's id and the text, from `begin` to `next`, both growing for ever; one that
    // would cross the ring's end lies at its start.
    std::string text_at(std::uint64_t begin, std::uint64_t next, std::uint64_t length) {
        if ((begin & 1U) != 0 && (next & 1U) != 0) return {};  // NO_LPOS, FAILED_LPOS: no text
        const auto round = [&](std::uint64_t lpos) { return lpos >> size_bits_; };
        const std::uint64_t mask = long_bits() == 64 ? ~0ULL : (1ULL << long_bits()) - 1;
        std::uint64_t start = 0;
        std::uint64_t size = 0;
        if (round(begin) == round(next) && begin < next) {
            start = begin & (data_size() - 1);
            size = next - begin;
        } else if (round((begin + data_size()) & mask) == round(next)) {
            size = next & (data_size() - 1);
        }
        if (size >= numbers_.long_bytes) {
            const std::uint64_t most = size - numbers_.long_bytes;
            if (most == 0 || length == 0) return {};
            const std::string_view text = text_.at(start + numbers_.long_bytes, std::min(length, most));
            if (!text.empty()) return std::string(text);
        }
        ++textless_;
        return {};
    }

    const Offsets& offsets_;
    Numbers numbers_;
    std::uint64_t count_bits_;
    std::uint64_t size_bits_;
    std::uint64_t tail_;
    std::uint64_t head_;
    MemoryWindow descs_;
    MemoryWindow infos_;
    MemoryWindow text_;
    std::uint64_t missing_ = 0;
    std::uint64_t textless_ = 0;
    std::uint64_t text_bytes_ = 0;
};

}  // namespace

Result<PrintkLog> read_ringbuffer(const Dump& dump) {
    const Offsets offsets(dump.vmcoreinfo());
    if (!offsets.layout.missing().empty())
        return fail("vmcoreinfo lacks " + offsets.layout.missing() + " of the printk ring buffer", dump.name());
    const auto ring = dump.read_pointer(offsets.prb);
    if (!ring) return fail("the pointer to the printk ring buffer is not readable: " + dump.failure(), dump.name());
    MemoryWindow memory(dump, *ring, offsets.rb_size);
    const std::string head(memory.at(0, offsets.rb_size));
    if (head.empty()) return fail("the printk ring buffer is not readable: " + dump.failure(), dump.name());
    Ringbuffer buffer(dump, offsets, head);
    if (!buffer.believable()) return fail("the printk ring buffer is damaged: impossible sizes", dump.name());
    return buffer.records();
}

}  // namespace stallsight
