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
constexpr std::size_t at_notes = 48;
constexpr Piece pieces[] = {{"vmcoreinfo", 32, 3}, {"notes", at_notes, 4}, {"eraseinfo", 64, 5}};

// The machine by the size of its struct elf_prstatus: QEMU 7.2 names only x86's and s390's.
struct Prstatus {
    std::uint64_t size;
    const char *big_endian, *little_endian;  // empty: there is none
};
constexpr Prstatus prstatus[] = {{336, "", "x86_64"}, {392, "", "aarch64"}, {504, "ppc64", "ppc64le"}};
constexpr std::string_view not_named = "Unknown";

// struct page_desc
constexpr std::uint64_t descriptor_bytes = 24;
constexpr std::size_t at_page_size = 8;

constexpr std::uint64_t versions_known = 16;
constexpr std::uint64_t version_with_64_bit_pages = 6;
constexpr std::uint64_t least_block = 4096;
constexpr std::uint64_t most_block = 1U << 18U;

// One bit a page, of which those from `first` up to `end` count.
struct PageBitmap {
    std::string_view bits;
    std::uint64_t first = 0, end = 0;

    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t pages = 0;
        for (std::uint64_t at = first / 8; at * 8 < end; ++at)
            pages += static_cast<unsigned>(std::popcount(byte(at)));
        return pages;
    }

    // The number of the nth page whose bit is set.
    [[nodiscard]] std::uint64_t page(std::uint64_t nth) const {
        for (std::uint64_t at = first / 8; at * 8 < end; ++at) {
            const auto here = static_cast<unsigned>(std::popcount(byte(at)));
            if (nth >= here) {
                nth -= here;
                continue;
            }
            for (unsigned bit = 0; bit < 8; ++bit)
                if ((byte(at) >> bit & 1U) != 0 && nth-- == 0) return at * 8 + bit;
        }
        return end;
    }

private:
    [[nodiscard]] unsigned char byte(std::uint64_t at) const {
        unsigned value = static_cast<unsigned char>(bits[at]);
        if (at == first / 8) value &= 0xffU << first % 8;
        if (at == end / 8) value &= (1U << end % 8) - 1;
        return static_cast<unsigned char>(value);
    }
};

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
        header.layout.machine = machine();
        header.layout.page_size = block_;
        header.common = bytes_.substr(0, block_);
        if (version_ >= version_with_64_bit_pages && number(block_ + at_split, 4) != 0)
            header.split = SplitPart{number(block_ + at_start_pfn, 8), number(block_ + at_end_pfn, 8), all_pages()};
        find_missing(header);
        return header;
    }

private:
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size, bool big_endian) const {
        return read_number_at(bytes_, at, size, big_endian);
    }
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const {
        return number(at, size, big_endian_);
    }
    [[nodiscard]] std::string machine() const {
        std::string_view name = bytes_.substr(at_machine, name_length);
        name = name.substr(0, name.find('\0'));
        return std::string(name == not_named ? machine_of_registers() : name);
    }

    // An ELF note: sizes of name and descriptor, type NT_PRSTATUS, "CORE".
    [[nodiscard]] std::string_view machine_of_registers() const {
        constexpr std::uint64_t nt_prstatus = 1;
        const std::uint64_t note = number(block_ + at_notes, 8);
        if (number(note + 8, 4) != nt_prstatus) return {};
        for (const Prstatus& each : prstatus)
            if (each.size == number(note + 4, 4)) return big_endian_ ? each.big_endian : each.little_endian;
        return {};
    }
    [[nodiscard]] bool inside(std::uint64_t offset, std::uint64_t size) const {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    }
    [[nodiscard]] std::uint64_t all_pages() const {
        return version_ >= version_with_64_bit_pages ? number(block_ + at_max_mapnr_64, 8)
                                                     : number(at_max_mapnr, 4);
    }

    // Pages are written in the order of their descriptors: the first one that ends beyond the file's end is
    // missing, and so are all behind it.
    void find_missing(DumpHeader& header) const {
        const PageBitmap bitmap = dumped_pages(header.split);
        const std::uint64_t pages = bitmap.count();
        if (pages == 0) return;
        const std::uint64_t end = page_end(pages - 1);
        if (end <= bytes_.size()) return;
        header.bytes_missing = end - bytes_.size();
        std::uint64_t first = 0;
        for (std::uint64_t beyond = pages; first < beyond;) {
            const std::uint64_t middle = first + (beyond - first) / 2;
            if (page_end(middle) <= bytes_.size())
                first = middle + 1;
            else
                beyond = middle;
        }
        header.layout.missing.push_back({bitmap.page(first) * block_, bitmap.end * block_});
    }

    // Where in the file the page of the nth descriptor ends; the descriptor itself, where that is not there.
    [[nodiscard]] std::uint64_t page_end(std::uint64_t nth) const {
        const std::uint64_t at = descriptors_ + nth * descriptor_bytes;
        if (!inside(at, descriptor_bytes)) return at + descriptor_bytes;
        return number(at, 8) + number(at + at_page_size, 4);
    }

    // The second bitmap says which pages are here; dumps of a partial machine have but one.
    [[nodiscard]] PageBitmap dumped_pages(const std::optional<SplitPart>& split) const {
        const std::uint64_t bitmaps = descriptors_ - bitmap_;
        const bool two = all_pages() <= bitmaps * 8 / 2;
        PageBitmap bitmap;
        bitmap.bits = bytes_.substr(bitmap_ + (two ? bitmaps / 2 : 0), two ? bitmaps / 2 : bitmaps);
        bitmap.end = std::min(bitmap.bits.size() * 8, all_pages());
        if (split) {
            bitmap.end = std::min(bitmap.end, split->end_page);
            bitmap.first = std::min(bitmap.end, split->first_page);
        }
        return bitmap;
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
