// Addresses to source places, from DWARF 2 to 5 through libdw. One compilation unit is read when an address of it
// is asked for, and kept, in the cache directory, too: eu-addr2line reads it anew for each address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "symbolizer/elf_file.h"
#include "symbolizer/index/index_store.h"
#include "symbolizer/index/place_index.h"

namespace stallsight {

class DebugInfo {
public:
    explicit DebugInfo(const ElfFile& elf, IndexStore store = IndexStore());

    // Innermost first; empty where the debug info covers no such address. Not safe from several threads at once.
    std::vector<SourcePlace> places(std::uint64_t address);

    // Reads what these addresses need beforehand, on all cores where that is worth it.
    void prepare(const std::vector<std::uint64_t>& addresses);

    // Of split DWARF: a .dwo that was not found. What was read is then not all, and not kept.
    [[nodiscard]] const std::string& missing_dwo() const { return missing_dwo_; }

    // Puts what was read into the cache.
    void keep();

private:
    bool open();
    void list_units();

    const ElfFile& elf_;
    IndexStore store_;
    std::optional<std::string> key_;  // in the store
    std::optional<PlaceIndex> index_;
    bool opened_ = false;
    std::string missing_dwo_;
};

}  // namespace stallsight
