// The functions of an ELF file by name and by address, with the sizes that kallsyms would print.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "symbolizer/elf_file.h"

namespace stallsight {

struct Symbol {
    std::string_view name;  // without ppc64 ELFv1's leading dot
    std::uint64_t address = 0;
    std::uint64_t size = 0;  // st_size; 0 where the assembler did not say it
    // Up to the next symbol: the size in "f+0x1a/0x40" (kernel/kallsyms.c, kernel/module/kallsyms.c). 0: it is the
    // last of its section, and what the kernel's memory has behind it is not known.
    std::uint64_t span = 0;
    bool global = false, is_function = false;
    bool thumb = false;       // its code is arm's thumb code
    std::int64_t number = 0;  // in the symbol table

    [[nodiscard]] std::uint64_t extent() const { return span ? span : size; }
};

// Not safe from several threads at once.
class SymbolTable {
public:
    explicit SymbolTable(const ElfFile& file);

    // Every function of that name, by address. Where there is none: those whose name differs in what compilers
    // add only (.isra.0, .constprop.1, .part.2, .cold, .llvm.123).
    [[nodiscard]] std::vector<const Symbol*> named(std::string_view name) const;
    // The function that an address lies in; of several names of one address, a function's before a label's, one
    // with a size before one without, a global one before a local or weak one.
    [[nodiscard]] const Symbol* at(std::uint64_t address) const;
    // Does a function of that name start there? (aliases)
    [[nodiscard]] bool starts(std::string_view name, std::uint64_t address) const;
    // The name and address behind a relocation's symbol number; an undefined symbol has no address.
    struct Reference {
        std::string_view name;
        bool defined = false;
        std::uint64_t address = 0;
    };
    [[nodiscard]] Reference reference(std::size_t number) const;

private:
    void read(const ElfFile& file, const ElfSection& table);
    void add_descriptors(const ElfFile& file);
    void measure(const ElfFile& file);
    const std::vector<std::uint32_t>& by_name() const;

    bool keeps_references_;              // of a linked file nobody asks for them
    std::vector<Reference> references_;  // by symbol number
    std::vector<Symbol> symbols_;        // functions, by address
    mutable std::vector<std::uint32_t>
        by_name_;  // indices of symbols_, sorted by name, then address, once asked for
};

// For each of these addresses, which are sorted, what SymbolTable::at() would say, but without a `span`; no name:
// nothing. A few addresses take a fraction of the time of a whole table.
std::vector<Symbol> symbols_at(const ElfFile& file, const std::vector<std::uint64_t>& addresses);

// Names that scripts/kallsyms.c leaves out: compiler labels, and the mapping symbols of arm ($a, $d, $t, $x).
bool is_hidden_symbol(std::string_view name);
// ppc64 ELFv1: ".mutex_lock" is the code, "mutex_lock" its descriptor.
std::string_view without_dot(std::string_view name);

}  // namespace stallsight
