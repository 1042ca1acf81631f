// A kernel's variables and labels by name and by address, from its symbol table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "symbolizer/elf_file.h"

namespace stallsight {

struct Variable {
    std::string_view name;
    std::uint64_t address = 0;  // linked; of a per-CPU variable its offset into each CPU's area
    std::uint64_t size = 0;
};

class Variables {
public:
    // `file` must live as long.
    explicit Variables(const ElfFile& file);

    [[nodiscard]] std::optional<std::uint64_t> address(std::string_view name) const;
    // The variable that an address lies in.
    [[nodiscard]] const Variable* at(std::uint64_t address) const;

private:
    std::vector<Variable> sorted_;  // those with a size, by address
    std::unordered_map<std::string_view, std::uint64_t> by_name_;
};

}  // namespace stallsight
