// What the head of a dump file says, and how much of the file is not there: libkdumpfile reads zeroes beyond a
// file's end. Each size and place that the header tells must lie in the file. Dumps of 64-bit machines only.
// Sources: makedumpfile 1.7.2, diskdump_mod.h (disk_dump_header, kdump_sub_header); elf(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace stallsight {

// A file of a dump that makedumpfile --split wrote: of all_pages it holds those from first_page up to end_page.
struct SplitPart {
    std::uint64_t first_page = 0, end_page = 0, all_pages = 0;
};

struct PhysicalRange {
    std::uint64_t first = 0, end = 0;
};

// What libkdumpfile needs to be told of a dump.
struct DumpLayout {
    std::string machine;                 // utsname's: "x86_64", "ppc64" ...; empty: not said
    std::uint64_t page_size = 0;         // of the pages in the file, which may not be the kernel's; 0: it has none
    std::vector<PhysicalRange> missing;  // the memory that the file ends before
};

struct DumpHeader {
    DumpLayout layout;
    std::string_view common;          // of `bytes`: what all files of a split dump have alike; empty for ELF
    std::optional<SplitPart> split;   // where it is a part of a dump
    std::uint64_t bytes_missing = 0;  // at the file's end
    std::string mended;               // what the file ought to begin with; empty: it is as it is
};

// Fails where no memory could be read: the file ends before the first page, or is none.
Result<DumpHeader> read_dump_header(const std::string& name, std::string_view bytes);

// The two formats.
Result<DumpHeader> read_kdump_header(const std::string& name, std::string_view bytes);
Result<DumpHeader> read_elf_core_header(const std::string& name, std::string_view bytes);

}  // namespace stallsight
