#include "analysis/vmcore/modules.h"

#include <algorithm>
#include <cstdio>

#include "symbolizer/symbol_table.h"

namespace stallsight {
namespace {

constexpr std::size_t longest_name = 512;        // KSYM_NAME_LEN
constexpr std::uint64_t most_symbols = 1 << 20;  // of one module: more is damage
constexpr std::uint64_t most_sections = 4096;
// kernel/panic.c: taint_flags[], by the number of the bit, of Linux 6.12. A module has few of them.
constexpr std::string_view taint_letters = "PFSRMBUDAWCIOELKXTNJ";

}  // namespace

LoadedModule::LoadedModule(const Kernel& kernel, const Object& module)
    : kernel_(&kernel), module_(module), name_(module.text("name")) {
    find_ranges();
}

void LoadedModule::add(std::optional<std::uint64_t> base, std::optional<std::uint64_t> size, bool code) {
    if (base && size && *base != 0 && *size != 0) ranges_.push_back({*base, *base + *size, code});
}

void LoadedModule::find_ranges() {
    if (const auto& kinds = kernel_->types().member("module", "mem")) {
        const auto text = kernel_->types().enumerator("MOD_TEXT"),
                   init = kernel_->types().enumerator("MOD_INIT_TEXT");
        for (std::uint64_t kind = 0; kind < kinds->count; ++kind) {
            const std::string memory = "mem[" + std::to_string(kind) + "].";
            const bool code = static_cast<std::int64_t>(kind) == text || static_cast<std::int64_t>(kind) == init;
            add(module_.number(memory + "base"), module_.number(memory + "size"), code);
        }
        return;
    }
    struct Layout {
        const char *base, *size, *text_size;
    };
    constexpr Layout layouts[] = {{"core_layout.base", "core_layout.size", "core_layout.text_size"},
                                  {"init_layout.base", "init_layout.size", "init_layout.text_size"},
                                  {"data_layout.base", "data_layout.size", "data_layout.text_size"},
                                  {"module_core", "core_size", "core_text_size"},
                                  {"module_init", "init_size", "init_text_size"}};
    for (const Layout& layout : layouts) {
        const auto base = module_.number(layout.base), size = module_.number(layout.size);
        const auto text = module_.number(layout.text_size);
        if (!base || !size || !text || *text > *size) continue;
        add(base, text, true);
        add(*base + *text, *size - *text, false);
    }
}

const LoadedModule::Range* LoadedModule::range_of(std::uint64_t address) const {
    const auto found =
        std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& range) { return range.contains(address); });
    return found == ranges_.end() ? nullptr : &*found;
}

std::string LoadedModule::taints() const {
    const std::uint64_t bits = module_.number("taints").value_or(0);
    std::string letters;
    for (std::size_t i = 0; i < taint_letters.size(); ++i)
        if (bits >> i & 1) letters += taint_letters[i];
    return letters;
}

std::optional<OrcTable> LoadedModule::orc() const {
    const auto places = module_.number("arch.orc_unwind_ip"), entries = module_.number("arch.orc_unwind");
    const auto count = module_.number("arch.num_orcs");
    if (!places || !entries || !count || *count == 0) return std::nullopt;
    OrcTable table{~std::uint64_t{0}, 0, *places, *entries, *count};
    for (const Range& range : ranges_) {
        if (!range.code) continue;
        table.low = std::min(table.low, range.low);
        table.high = std::max(table.high, range.high);
    }
    return table;
}

// kernel/module/kallsyms.c: find_kallsyms_symbol()
const ModuleSymbol* LoadedModule::symbol_at(std::uint64_t address) const {
    if (!symbols_) symbols_ = read_symbols();
    const Range* range = range_of(address);
    auto after = std::upper_bound(symbols_->begin(), symbols_->end(), address,
                                  [](std::uint64_t wanted, const auto& each) { return wanted < each.address; });
    if (!range || after == symbols_->begin() || !range->contains((after - 1)->address)) return nullptr;
    return &*(after - 1);
}

std::vector<ModuleSymbol> LoadedModule::read_symbols() const {
    std::vector<ModuleSymbol> symbols;
    const auto table = module_.pointed("kallsyms");
    if (!table) return symbols;
    const auto entries = table->number("symtab"), names = table->number("strtab");
    const auto count = table->number("num_symtab");
    const auto size = kernel_->types().size_of("elf64_sym");
    if (!entries || !names || !count || !size) return symbols;
    for (std::uint64_t i = 1; i < std::min(*count, most_symbols); ++i) {
        const Object entry = kernel_->object_at(*entries + i * *size, "elf64_sym");
        const auto address = entry.number("st_value"), name = entry.number("st_name");
        if (!address || !name) break;  // the count is damaged, or the table is not in the dump
        if (entry.number("st_shndx") == SHN_UNDEF || !range_of(*address)) continue;
        std::string text = kernel_->memory().text(*names + *name, longest_name);
        if (!is_hidden_symbol(text)) symbols.push_back({*address, 0, std::string(without_dot(text))});
    }
    std::stable_sort(symbols.begin(), symbols.end(),
                     [](const auto& left, const auto& right) { return left.address < right.address; });
    // Of several names for one place the kernel takes the first: "__start_alloc_tags" is one, too.
    symbols.erase(std::unique(symbols.begin(), symbols.end(),
                              [](const auto& left, const auto& right) { return left.address == right.address; }),
                  symbols.end());
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const Range& range = *range_of(symbols[i].address);
        const bool last = i + 1 == symbols.size() || !range.contains(symbols[i + 1].address);
        symbols[i].span = (last ? range.high : symbols[i + 1].address) - symbols[i].address;
    }
    return symbols;
}

const std::vector<LoadedModule::Section>& LoadedModule::sections() const {
    if (!sections_) sections_ = read_sections();
    return *sections_;
}

// kernel/module/sysfs.c: what /sys/module/NAME/sections shows.
std::vector<LoadedModule::Section> LoadedModule::read_sections() const {
    std::vector<Section> sections;
    const auto list = module_.pointed("sect_attrs");
    if (!list) return sections;
    const auto first = list->address_of("attrs"), count = list->number("nsections");
    const auto size = kernel_->types().size_of("module_sect_attr");
    if (!first || !size || !count) return sections;
    for (std::uint64_t i = 0; i < std::min(*count, most_sections); ++i) {
        const Object entry = kernel_->object_at(*first + i * *size, "module_sect_attr");
        auto name = entry.number("battr.attr.name");
        if (!name) name = entry.number("name");  // before 5.9
        const auto address = entry.number("address");
        if (name && address) sections.push_back({kernel_->memory().text(*name, longest_name), *address});
    }
    return sections;
}

const std::string& LoadedModule::build_id() const {
    if (!build_id_) build_id_ = read_build_id();
    return *build_id_;
}

// An ELF note: sizes of name and descriptor, type, "GNU", then the id.
std::string LoadedModule::read_build_id() const {
    constexpr std::uint64_t header = 12, name_size = 4, longest = 64;
    for (const Section& section : sections()) {
        if (section.name != ".note.gnu.build-id") continue;
        const auto size = kernel_->memory().number(section.address + 4, 4);
        if (kernel_->memory().text(section.address + header, name_size) != "GNU" || !size || *size > longest) break;
        std::string id;
        for (std::uint64_t i = 0; i < *size; ++i) {
            const auto byte = kernel_->memory().number(section.address + header + name_size + i, 1);
            char text[3];
            std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(byte.value_or(0)));
            id += text;
        }
        return id;
    }
    return {};
}

LoadedModules::LoadedModules(const Kernel& kernel) {
    const auto head = kernel.address("modules");
    if (!head) return;  // CONFIG_MODULES is off
    for (const Object& module : kernel.list(*head, "module", "list", &broken_))
        modules_.emplace_back(kernel, module);
}

const LoadedModule* LoadedModules::at(std::uint64_t address) const {
    const auto found = std::find_if(modules_.begin(), modules_.end(), [&](const LoadedModule& module) {
        return module.range_of(address) != nullptr;
    });
    return found == modules_.end() ? nullptr : &*found;
}

}  // namespace stallsight
