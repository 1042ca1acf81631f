// One compilation unit's line table, functions and inlined bodies, by libdw from DWARF 2 to 5.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>

#include "symbolizer/index/line_table.h"
#include "symbolizer/index/unit_table.h"

namespace stallsight {

// libdw's addresses are higher than ours by `bias`. What lies outside [low, high) is of sections that the linker
// threw away (CONFIG_LD_DEAD_CODE_DATA_ELIMINATION leaves their debug info, at address 0).
struct CodeRange {
    std::uint64_t low = 0, high = 0, bias = 0;
};

struct UnitRead {
    UnitParts parts;  // empty of a unit that cannot be read
    // Split DWARF: the .dwo that was not found. The lines are known all the same, functions are not.
    std::string missing_dwo;
};

// `unit`: offset of the unit's DIE.
UnitRead read_unit(Dwarf* debug, const LineSections& lines, Dwarf_Off unit, const CodeRange& code);

}  // namespace stallsight
