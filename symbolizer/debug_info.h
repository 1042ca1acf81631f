// Addresses to source places, from DWARF 2 to 5 through libdw. One compilation unit's tables are read when an
// address of it is asked for, and kept: eu-addr2line reads them anew for each address.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "symbolizer/symbolizer.h"

namespace stallsight {

class DebugInfo {
public:
    // `bias` is added to an address before libdw is asked. Null `debug`: nothing is known about any address.
    DebugInfo(Dwarf* debug, std::uint64_t bias) : debug_(debug), bias_(bias) {}

    // Innermost first; empty where the debug info covers no such address. Not safe from several threads at once.
    std::vector<SourcePlace> places(std::uint64_t address);

private:
    struct FunctionRange {
        Dwarf_Addr low, high;
        Dwarf_Off die;
    };
    struct Unit {
        Dwarf_Die die{};
        std::vector<FunctionRange> functions;  // by address
        Dwarf_Files* files = nullptr;
        std::string folder;  // that relative paths are relative to
    };
    struct UnitRange {
        Dwarf_Addr low, high;
        Dwarf_Off die;
    };

    static void set_line(SourcePlace& place, Unit& unit, Dwarf_Addr address);
    static void set_file(SourcePlace& place, const Unit& unit, const char* path);
    Unit* unit_at(Dwarf_Addr address);
    Unit* unit(Dwarf_Off die);
    void read_ranges();
    static void read_functions(Dwarf_Die parent, Unit& unit, int depth);
    std::vector<Dwarf_Die> inline_chain(const Unit& unit, Dwarf_Addr address);

    Dwarf* debug_ = nullptr;
    std::uint64_t bias_ = 0;
    Dwarf_Aranges* aranges_ = nullptr;
    bool aranges_read_ = false, ranges_read_ = false;
    std::vector<UnitRange> ranges_;  // of units that .debug_aranges does not know, by address
    std::map<Dwarf_Off, Unit> units_;
};

}  // namespace stallsight
