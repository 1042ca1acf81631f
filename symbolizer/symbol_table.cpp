#include "symbolizer/symbol_table.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace stallsight {
namespace {

std::string_view base_name(std::string_view name) {
    return name.substr(0, name.find('.', 1));
}

std::uint64_t big_endian_word(std::string_view bytes) {
    std::uint64_t word = 0;
    for (const char byte : bytes.substr(0, 8)) word = word << 8 | static_cast<unsigned char>(byte);
    return word;
}

// Of several symbols of one address the first is the function's name.
bool precedes(const Symbol& left, const Symbol& right) {
    const auto order = [](const Symbol& symbol) {
        return std::tuple(symbol.address, !symbol.is_function, symbol.size == 0, !symbol.global, -symbol.number);
    };
    return order(left) < order(right);
}

bool is_arm_function(const ElfFile& file, const GElf_Sym& symbol) {
    return file.machine() == EM_ARM && GELF_ST_TYPE(symbol.st_info) == STT_FUNC;
}

// An arm thumb function has bit 0 of its address set.
std::uint64_t address_of(const ElfFile& file, const ElfSection& section, const GElf_Sym& symbol) {
    const std::uint64_t mark = is_arm_function(file, symbol) ? symbol.st_value & 1 : 0;
    return symbol.st_value - mark + (file.relocatable() ? section.address : 0);
}

// The section that a symbol is defined in; null: none.
const ElfSection* section_of(const ElfFile& file, const GElf_Sym& symbol) {
    const std::size_t number = symbol.st_shndx;
    return number != SHN_UNDEF && number < file.sections().size() ? &file.sections()[number] : nullptr;
}

bool may_name_code(const ElfSection& section, const GElf_Sym& symbol) {
    const int type = GELF_ST_TYPE(symbol.st_info);
    return section.holds_code() && (type == STT_FUNC || type == STT_NOTYPE || type == STT_GNU_IFUNC);
}

Symbol code_symbol(const ElfFile& file, const ElfSection& section, const GElf_Sym& symbol, int number) {
    Symbol code;
    code.address = address_of(file, section, symbol);
    code.size = symbol.st_size;
    code.global = GELF_ST_BIND(symbol.st_info) == STB_GLOBAL;
    code.is_function = GELF_ST_TYPE(symbol.st_info) != STT_NOTYPE;
    code.thumb = is_arm_function(file, symbol) && (symbol.st_value & 1);
    code.number = number;
    return code;
}

}  // namespace

bool is_hidden_symbol(std::string_view name) {
    return name.empty() || name.starts_with(".L") || name.front() == '$' || name.starts_with("__efistub_") ||
           name.starts_with("__crc_") || name.starts_with("__kvm_nvhe_");
}

std::string_view without_dot(std::string_view name) {
    return name.size() > 1 && name.front() == '.' && name[1] != 'L' ? name.substr(1) : name;
}

SymbolTable::SymbolTable(const ElfFile& file)
    : keeps_references_(file.relocatable() || file.section_named(".opd") != nullptr) {
    for (const ElfSection& section : file.sections())
        if (section.type == SHT_SYMTAB) read(file, section);
    add_descriptors(file);
    std::sort(symbols_.begin(), symbols_.end(), precedes);
    measure(file);
}

const std::vector<std::uint32_t>& SymbolTable::by_name() const {
    if (by_name_.size() == symbols_.size()) return by_name_;
    by_name_.resize(symbols_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0u);
    std::stable_sort(by_name_.begin(), by_name_.end(),
                     [&](auto left, auto right) { return symbols_[left].name < symbols_[right].name; });
    return by_name_;
}

void SymbolTable::read(const ElfFile& file, const ElfSection& table) {
    file.for_each_symbol(table, [&](int number, const auto& name, const GElf_Sym& symbol) {
        const ElfSection* section = section_of(file, symbol);
        const bool is_code = section && may_name_code(*section, symbol);
        if (!keeps_references_ && !is_code) return;
        const std::string_view text = name();
        if (is_code && !is_hidden_symbol(text)) {
            symbols_.push_back(code_symbol(file, *section, symbol, number));
            symbols_.back().name = without_dot(text);
        }
        if (!keeps_references_) return;
        references_.push_back({text, section != nullptr, section ? address_of(file, *section, symbol) : 0});
    });
}

// ppc64 ELFv1: a function's plain name is its descriptor's in .opd, whose first word is the entry. Compilers add
// the entry itself under a dotted name; where they did not, the descriptor leads to it.
void SymbolTable::add_descriptors(const ElfFile& file) {
    const ElfSection* descriptors = file.section_named(".opd");
    if (!descriptors || file.machine() != EM_PPC64 || file.relocatable()) return;
    std::vector<std::string_view> known;
    for (const Symbol& symbol : symbols_) known.push_back(symbol.name);
    std::sort(known.begin(), known.end());
    const std::string_view content = ElfFile::content(*descriptors);
    for (const Reference& reference : references_) {
        if (!reference.defined || !descriptors->contains(reference.address) || reference.name.empty()) continue;
        const std::uint64_t offset = reference.address - descriptors->address;
        if (offset + 8 > content.size() || std::binary_search(known.begin(), known.end(), reference.name)) continue;
        symbols_.push_back({reference.name, big_endian_word(content.substr(offset)), 0, 0, true, true, false});
    }
}

void SymbolTable::measure(const ElfFile& file) {
    std::uint64_t next = 0;
    const ElfSection* section = nullptr;
    for (std::size_t i = symbols_.size(); i-- > 0;) {
        Symbol& symbol = symbols_[i];
        if (i + 1 < symbols_.size() && symbols_[i + 1].address != symbol.address) next = symbols_[i + 1].address;
        if (!section || !section->contains(symbol.address)) section = file.section_of(symbol.address);
        const bool last = !section || next <= symbol.address || !section->contains(next);
        symbol.span = last ? 0 : next - symbol.address;
    }
}

std::vector<const Symbol*> SymbolTable::named(std::string_view name) const {
    const auto less = [&](std::uint32_t index, std::string_view wanted) { return symbols_[index].name < wanted; };
    std::vector<const Symbol*> found;
    name = without_dot(name);
    const auto begin = by_name().begin(), end = by_name().end();
    auto at = std::lower_bound(begin, end, name, less);
    for (; at != end && symbols_[*at].name == name; ++at) found.push_back(&symbols_[*at]);
    if (!found.empty()) return found;
    const std::string_view base = base_name(name);
    at = std::lower_bound(begin, end, base, less);
    for (; at != end && symbols_[*at].name.starts_with(base); ++at)
        if (base_name(symbols_[*at].name) == base) found.push_back(&symbols_[*at]);
    return found;
}

const Symbol* SymbolTable::at(std::uint64_t address) const {
    auto after =
        std::upper_bound(symbols_.begin(), symbols_.end(), address,
                         [](std::uint64_t wanted, const Symbol& symbol) { return wanted < symbol.address; });
    if (after == symbols_.begin()) return nullptr;
    const std::uint64_t start = (--after)->address;
    while (after != symbols_.begin() && std::prev(after)->address == start) --after;
    return &*after;
}

bool SymbolTable::starts(std::string_view name, std::uint64_t address) const {
    const auto candidates = named(name);
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const Symbol* symbol) { return symbol->address == address; });
}

std::vector<Symbol> symbols_at(const ElfFile& file, const std::vector<std::uint64_t>& addresses) {
    std::vector<Symbol> found(addresses.size());
    if (file.section_named(".opd")) {  // its descriptors name code, too
        const SymbolTable table(file);
        for (std::size_t i = 0; i < addresses.size(); ++i)
            if (const Symbol* symbol = table.at(addresses[i])) found[i] = *symbol;
        return found;
    }
    for (const ElfSection& table : file.sections()) {
        if (table.type != SHT_SYMTAB) continue;
        file.for_each_symbol(table, [&](int number, const auto& name, const GElf_Sym& entry) {
            const ElfSection* section = section_of(file, entry);
            if (!section || !may_name_code(*section, entry)) return;
            Symbol symbol = code_symbol(file, *section, entry, number);
            const auto behind = std::lower_bound(addresses.begin(), addresses.end(), symbol.address);
            if (behind == addresses.end()) return;
            Symbol& nearest = found[static_cast<std::size_t>(behind - addresses.begin())];
            const bool nearer = nearest.name.empty() || symbol.address > nearest.address ||
                                (symbol.address == nearest.address && precedes(symbol, nearest));
            if (!nearer || is_hidden_symbol(name())) return;
            symbol.name = without_dot(name());
            nearest = symbol;
        });
    }
    // What lies before an address lies before the next one, too.
    for (std::size_t i = 1; i < found.size(); ++i)
        if (found[i].name.empty()) found[i] = found[i - 1];
    return found;
}

SymbolTable::Reference SymbolTable::reference(std::size_t number) const {
    return number < references_.size() ? references_[number] : Reference{};
}

}  // namespace stallsight
