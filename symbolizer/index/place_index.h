// All that is known of one debug file's source places: which unit an address belongs to, and the tables of the
// units that were asked for. It grows while it is used, and is kept as one file that is mapped again:
//
//   IndexHead | UnitRange[ranges] | UnitEntry[units] | unit tables, each aligned to 8 (unit_table.h)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "symbolizer/index/unit_table.h"

namespace stallsight {

struct UnitRange {
    std::uint64_t low, high;
    std::uint64_t unit;  // index of its UnitEntry
};

struct UnitEntry {
    std::uint64_t die;           // offset in .debug_info
    std::uint64_t offset, size;  // of its table in the file; size 0: not read yet
    std::uint64_t checksum;      // XXH3 of the table
};

class PlaceIndex {
public:
    PlaceIndex() = default;
    // `ranges` sorted and without overlap; `dies` one a unit.
    PlaceIndex(std::vector<UnitRange> ranges, const std::vector<std::uint64_t>& dies);

    // Nothing where the bytes are of another version, cut off or damaged: a table's checksum is looked at when the
    // table is, and a damaged one counts as not read.
    static std::optional<PlaceIndex> read(const Bytes& bytes);
    [[nodiscard]] std::string write() const;

    // Index of the unit that an address lies in.
    [[nodiscard]] std::optional<std::size_t> unit_of(std::uint64_t address) const;
    [[nodiscard]] std::uint64_t die(std::size_t unit) const { return units_[unit].entry.die; }
    // Null: not read yet.
    [[nodiscard]] const UnitTable* table(std::size_t unit);
    void add(std::size_t unit, std::string table);
    // Takes what `other`, an index of the same file, has read and this one has not.
    void add_all(PlaceIndex& other);
    [[nodiscard]] bool has_grown() const { return grown_; }

private:
    struct Unit {
        UnitEntry entry{};
        std::string_view bytes;  // empty: not read yet
        std::optional<UnitTable> table;
        Bytes owner;
    };

    std::vector<UnitRange> ranges_;
    std::vector<Unit> units_;
    bool grown_ = false;
};

}  // namespace stallsight
