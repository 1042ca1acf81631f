#include "symbolizer/kernel/variables.h"

#include <algorithm>

namespace stallsight {

Variables::Variables(const ElfFile& file) {
    for (const ElfSection& table : file.sections()) {
        if (table.type != SHT_SYMTAB) continue;
        file.for_each_symbol(table, [&](int, const auto& name_of, const GElf_Sym& symbol) {
            const int type = GELF_ST_TYPE(symbol.st_info);
            const bool named = type == STT_OBJECT || type == STT_NOTYPE || type == STT_FUNC;
            if (symbol.st_shndx == SHN_UNDEF || !named) return;
            const std::string_view name = name_of();
            if (name.empty()) return;
            // A static variable's name may stand for several: a global one goes before them.
            if (GELF_ST_BIND(symbol.st_info) == STB_LOCAL) {
                by_name_.try_emplace(name, symbol.st_value);
            } else {
                by_name_[name] = symbol.st_value;
            }
            if (type == STT_OBJECT && symbol.st_size > 0)
                sorted_.push_back({name, symbol.st_value, symbol.st_size});
        });
    }
    std::sort(sorted_.begin(), sorted_.end(),
              [](const Variable& left, const Variable& right) { return left.address < right.address; });
}

std::optional<std::uint64_t> Variables::address(std::string_view name) const {
    const auto known = by_name_.find(name);
    if (known == by_name_.end()) return std::nullopt;
    return known->second;
}

const Variable* Variables::at(std::uint64_t address) const {
    auto after = std::upper_bound(sorted_.begin(), sorted_.end(), address,
                                  [](std::uint64_t wanted, const Variable& each) { return wanted < each.address; });
    if (after == sorted_.begin()) return nullptr;
    --after;
    return address - after->address < after->size ? &*after : nullptr;
}

}  // namespace stallsight
