#include "symbolizer/debug_info.h"

#include <dwarf.h>

#include <algorithm>
#include <optional>

namespace stallsight {
namespace {

// Damaged debug info can nest without end.
constexpr int deepest = 64;

template <class Use>
void for_each_child(Dwarf_Die& parent, Use use) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) return;
    do {
        if (!use(child)) return;
    } while (dwarf_siblingof(&child, &child) == 0);
}

template <class Use>
bool for_each_range(Dwarf_Die& die, Use use) {
    Dwarf_Addr base = 0, low = 0, high = 0;
    std::ptrdiff_t at = 0;
    bool any = false;
    while ((at = dwarf_ranges(&die, at, &base, &low, &high)) > 0) {
        any = true;
        use(low, high);
    }
    return any;
}

std::string function_name(Dwarf_Die& die) {
    Dwarf_Attribute attribute;
    const char* name = dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &attribute));
    return name ? name : "";
}

int number(Dwarf_Die& die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (!dwarf_attr(&die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0) return 0;
    return value > 0x7fffffff ? 0 : static_cast<int>(value);
}

}  // namespace

void DebugInfo::set_file(SourcePlace& place, const Unit& unit, const char* path) {
    if (!path) return;
    const bool relative = path[0] != '/' && !unit.folder.empty();
    place.file = relative ? unit.folder + "/" + path : path;
}

void DebugInfo::set_line(SourcePlace& place, Unit& unit, Dwarf_Addr address) {
    Dwarf_Line* line = dwarf_getsrc_die(&unit.die, address);
    if (!line) return;
    set_file(place, unit, dwarf_linesrc(line, nullptr, nullptr));
    dwarf_lineno(line, &place.line);
    dwarf_linecol(line, &place.column);
    unsigned discriminator = 0;
    if (dwarf_linediscriminator(line, &discriminator) == 0 && discriminator < 0x7fffffff)
        place.discriminator = static_cast<int>(discriminator);
}

std::vector<SourcePlace> DebugInfo::places(std::uint64_t address) {
    if (!debug_) return {};
    address += bias_;
    Unit* unit = unit_at(address);
    if (!unit) return {};
    std::vector<SourcePlace> found(1);
    set_line(found[0], *unit, address);
    // Innermost first: each inlined body says where it was called from, which is the next place's line.
    for (Dwarf_Die& die : inline_chain(*unit, address)) {
        found.back().function = function_name(die);
        if (dwarf_tag(&die) != DW_TAG_inlined_subroutine) return found;
        SourcePlace& caller = found.emplace_back();
        const auto file = static_cast<std::size_t>(number(die, DW_AT_call_file));
        if (unit->files) set_file(caller, *unit, dwarf_filesrc(unit->files, file, nullptr, nullptr));
        caller.line = number(die, DW_AT_call_line);
        caller.column = number(die, DW_AT_call_column);
    }
    if (found[0].file.empty() && found[0].function.empty()) found.clear();
    return found;
}

DebugInfo::Unit* DebugInfo::unit_at(Dwarf_Addr address) {
    if (!aranges_read_) {
        aranges_read_ = true;
        std::size_t count = 0;
        if (dwarf_getaranges(debug_, &aranges_, &count) != 0) aranges_ = nullptr;
    }
    if (Dwarf_Arange* range = aranges_ ? dwarf_getarange_addr(aranges_, address) : nullptr) {
        Dwarf_Addr start = 0;
        Dwarf_Word length = 0;
        Dwarf_Off offset = 0;
        if (dwarf_getarangeinfo(range, &start, &length, &offset) == 0) return unit(offset);
    }
    // clang writes no .debug_aranges, and what others write may lack units.
    if (!ranges_read_) read_ranges();
    auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                  [](Dwarf_Addr wanted, const UnitRange& range) { return wanted < range.low; });
    if (after == ranges_.begin() || address >= (--after)->high) return nullptr;
    return unit(after->die);
}

void DebugInfo::read_ranges() {
    ranges_read_ = true;
    Dwarf_CU* at = nullptr;
    Dwarf_Half version = 0;
    std::uint8_t type = 0;
    Dwarf_Die die, split;
    while (dwarf_get_units(debug_, at, &at, &version, &type, &die, &split) == 0) {
        const Dwarf_Off offset = dwarf_dieoffset(&die);
        for_each_range(die, [&](Dwarf_Addr low, Dwarf_Addr high) { ranges_.push_back({low, high, offset}); });
    }
    std::sort(ranges_.begin(), ranges_.end(),
              [](const auto& left, const auto& right) { return left.low < right.low; });
}

DebugInfo::Unit* DebugInfo::unit(Dwarf_Off offset) {
    const auto [known, is_new] = units_.try_emplace(offset);
    Unit& unit = known->second;
    if (!is_new) return unit.die.cu ? &unit : nullptr;
    Dwarf_Die die;
    if (!dwarf_offdie(debug_, offset, &die)) return nullptr;
    unit.die = die;
    std::size_t file_count = 0;
    if (dwarf_getsrcfiles(&die, &unit.files, &file_count) != 0) unit.files = nullptr;
    Dwarf_Attribute folder;
    if (const char* text = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &folder))) unit.folder = text;
    read_functions(die, unit, 0);
    std::sort(unit.functions.begin(), unit.functions.end(),
              [](const auto& left, const auto& right) { return left.low < right.low; });
    return &unit;
}

void DebugInfo::read_functions(Dwarf_Die parent, Unit& unit, int depth) {
    if (depth > deepest) return;
    for_each_child(parent, [&](Dwarf_Die& child) {
        const int tag = dwarf_tag(&child);
        if (tag == DW_TAG_namespace) read_functions(child, unit, depth + 1);  // Rust
        if (tag != DW_TAG_subprogram) return true;
        const Dwarf_Off offset = dwarf_dieoffset(&child);
        for_each_range(child, [&](Dwarf_Addr low, Dwarf_Addr high) {
            if (low < high) unit.functions.push_back({low, high, offset});
        });
        return true;
    });
}

// The function's DIE and the inlined bodies in it around the address, innermost first.
std::vector<Dwarf_Die> DebugInfo::inline_chain(const Unit& unit, Dwarf_Addr address) {
    auto after = std::upper_bound(unit.functions.begin(), unit.functions.end(), address,
                                  [](Dwarf_Addr wanted, const FunctionRange& range) { return wanted < range.low; });
    Dwarf_Die scope;
    if (after == unit.functions.begin() || address >= (--after)->high) return {};
    if (!dwarf_offdie(debug_, after->die, &scope)) return {};
    std::vector<Dwarf_Die> chain{scope};
    for (int depth = 0; depth < deepest; ++depth) {
        std::optional<Dwarf_Die> inner;
        for_each_child(scope, [&](Dwarf_Die& child) {
            const int tag = dwarf_tag(&child);
            const bool scoped = tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block;
            if (scoped && dwarf_haspc(&child, address) == 1) inner = child;
            return !inner;
        });
        if (!inner) break;
        scope = *inner;
        if (dwarf_tag(&scope) == DW_TAG_inlined_subroutine) chain.insert(chain.begin(), scope);
    }
    return chain;
}

}  // namespace stallsight
