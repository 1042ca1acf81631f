// kdump-compressed: a header, a sub header, two bitmaps of pages, a descriptor for each page that is there, the
// pages.
#include <algorithm>
#include <bit>
#include <cstddef>

#include "base/endian.h"
#include "parsers/vmcore/dump_header.h"

namespace stallsight {

namespace {

// struct disk_dump_header of 64-bit machines
constexpr std::size_t at_version = 8;
constexpr std::size_t at_machine = 12 + 4 * 65;  // the fifth name of utsname
constexpr std::size_t name_length = 65;
constexpr std::size_t at_block_size = 428;
constexpr std::size_t at_sub_hdr_size = 432;
constexpr std::size_t at_bitmap_blocks = 436;
constexpr std::size_t at_max_mapnr = 440;
constexpr std::size_t header_bytes = 464;

// struct kdump_sub_header of 64-bit machines; it is the second block
constexpr std::size_t at_split = 12;
constexpr std::size_t at_start_pfn = 80;
constexpr std::size_t at_end_pfn = 88;
constexpr std::size_t at_max_mapnr_64 = 96;
constexpr std::size_t sub_header_bytes = 104;

// What lies elsewhere in the file: an offset, and behind it a size.
struct Piece {
    std::string_view what;
    std::size_t at;         // in the sub header
    std::uint64_t version;  // of the header that has it first
};
constexpr Piece pieces[] = {{"vmcoreinfo", 32, 3}, {"notes", 48, 4}, {"eraseinfo", 64, 5}};

// struct page_desc
constexpr std::uint64_t descriptor_bytes = 24;
constexpr std::size_t at_page_size = 8;

constexpr std::uint64_t versions_known = 16;
constexpr std::uint64_t version_with_64_bit_pages = 6;
constexpr std::uint64_t least_block = 4096;
constexpr std::uint64_t most_block = 1U << 18U;

class Header {
public:
    Header(const std::string& name, std::string_view bytes)
        : name_(name),
          bytes_(bytes),
          big_endian_(number(at_version, 4, true) < number(at_version, 4, false)),
          version_(number(at_version, 4)),
          block_(number(at_block_size, 4)),
          bitmap_(block_ * (1 + number(at_sub_hdr_size, 4))),
          descriptors_(bitmap_ + block_ * number(at_bitmap_blocks, 4)) {}

    Result<DumpHeader> read() {
        if (version_ > versions_known || block_ < least_block || block_ > most_block ||
            !std::has_single_bit(block_))
            return fail("the header is damaged, or of a 32-bit machine: impossible version or block size", name_);
        if (bytes_.size() < block_ + sub_header_bytes) return fail("ends inside the sub header", name_);
        for (const Piece& piece : pieces)
            if (version_ >= piece.version &&
                !inside(number(block_ + piece.at, 8), number(block_ + piece.at + 8, 8)))
                return fail("ends inside its " + std::string(piece.what) + ", or says a wrong place for it", name_);
        if (bytes_.size() < descriptors_) return fail("ends inside the bitmap of its pages", name_);

        DumpHeader header;
        const std::string_view machine = bytes_.substr(at_machine, name_length);
        header.machine = machine.substr(0, machine.find('\0'));
        header.common = bytes_.substr(0, block_);
        if (version_ >= version_with_64_bit_pages && number(block_ + at_split, 4) != 0)
            header.split = SplitPart{number(block_ + at_start_pfn, 8), number(block_ + at_end_pfn, 8), all_pages()};
        header.bytes_missing = missing_at_the_end(header.split);
        return header;
    }

private:
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size, bool big_endian) const {
        return read_number_at(bytes_, at, size, big_endian);
    }
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const {
        return number(at, size, big_endian_);
    }
    [[nodiscard]] bool inside(std::uint64_t offset, std::uint64_t size) const {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    }
    [[nodiscard]] std::uint64_t all_pages() const {
        return version_ >= version_with_64_bit_pages ? number(block_ + at_max_mapnr_64, 8)
                                                     : number(at_max_mapnr, 4);
    }

    // Pages are written in the order of their descriptors: where the last one ends, the file should.
    [[nodiscard]] std::uint64_t missing_at_the_end(const std::optional<SplitPart>& split) const {
        const std::uint64_t pages = pages_dumped(split);
        if (pages == 0) return 0;
        const std::uint64_t last = descriptors_ + (pages - 1) * descriptor_bytes;
        if (!inside(last, descriptor_bytes)) return last + descriptor_bytes - bytes_.size();
        const std::uint64_t end = number(last, 8) + number(last + at_page_size, 4);
        return end > bytes_.size() ? end - bytes_.size() : 0;
    }

    // The second bitmap says which pages are here; dumps of a partial machine have but one.
    [[nodiscard]] std::uint64_t pages_dumped(const std::optional<SplitPart>& split) const {
        const std::uint64_t bitmaps = descriptors_ - bitmap_;
        const bool two = all_pages() <= bitmaps * 8 / 2;
        const std::string_view bits = bytes_.substr(bitmap_ + (two ? bitmaps / 2 : 0), two ? bitmaps / 2 : bitmaps);
        const std::uint64_t most = bits.size() * 8;
        const std::uint64_t first = split ? std::min(split->first_page, most) : 0;
        const std::uint64_t end = split ? std::min(split->end_page, most) : most;
        std::uint64_t pages = 0;
        for (std::uint64_t page = first; page < end;) {
            const auto byte = static_cast<unsigned char>(bits[page / 8]);
            if (page % 8 == 0 && end - page >= 8) {
                pages += static_cast<std::uint64_t>(std::popcount(byte));
                page += 8;
            } else {
                pages += byte >> page % 8 & 1U;
                ++page;
            }
        }
        return pages;
    }

    const std::string& name_;
    std::string_view bytes_;
    bool big_endian_;  // the version is a small number in the byte order of the machine that wrote it
    std::uint64_t version_;
    std::uint64_t block_;
    std::uint64_t bitmap_;       // where it begins
    std::uint64_t descriptors_;  // where they begin
};

}  // namespace

Result<DumpHeader> read_kdump_header(const std::string& name, std::string_view bytes) {
    if (bytes.size() < header_bytes) return fail("ends inside the dump's header", name);
    return Header(name, bytes).read();
}

}  // namespace stallsight
