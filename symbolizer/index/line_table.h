// The line table of a compilation unit: .debug_line of DWARF 2 to 5 (DWARF 5, chapter 6.2). libdw can read it, too,
// but through a list of all rows with every register of the line machine, which takes longer than all the rest of
// a unit.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

// The sections that a line table is in, as libdw has relocated and unpacked them.
struct LineSections {
    explicit LineSections(Dwarf* debug);

    std::string_view line, line_strings, strings;
    bool big_endian = false;
};

struct LineTable {
    struct Row {
        std::uint64_t address = 0;
        std::uint32_t line = 0, file = 0, discriminator = 0;
        bool end = false;  // the first address behind a sequence of rows
    };
    struct File {
        std::string_view name;
        std::uint64_t folder = 0;
    };

    // What debug info calls file `number`; empty where there is none such.
    [[nodiscard]] std::string path(std::uint64_t number) const;

    std::vector<Row> rows;  // by address; of several rows of one address in the table's order, ends first
    std::vector<File> files;
    std::vector<std::string_view> folders;  // the first one is the folder of compilation
};

// The table at that offset. Of a damaged one what stands before the damage; nothing where its head is damaged or of
// another version. `folder`: of compilation (DW_AT_comp_dir), which tables say since DWARF 5 only.
std::optional<LineTable> read_line_table(const LineSections& sections, std::uint64_t offset,
                                         std::string_view folder);

}  // namespace stallsight
