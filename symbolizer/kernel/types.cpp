#include "symbolizer/kernel/types.h"

#include <dwarf.h>

#include <charconv>

namespace stallsight {
namespace {

constexpr int deepest = 16;  // damaged debug info can nest without end

template <class Use>
void for_each_child(Dwarf_Die parent, Use use) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) return;
    do use(child);
    while (dwarf_siblingof(&child, &child) == 0);
}

std::optional<std::uint64_t> number(Dwarf_Die die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (!dwarf_attr_integrate(&die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0)
        return std::nullopt;
    return value;
}

// A number, or in DWARF 2 the expression that adds it.
std::uint64_t location_of(Dwarf_Die member) {
    if (const auto offset = number(member, DW_AT_data_member_location)) return *offset;
    Dwarf_Attribute attribute;
    Dwarf_Op* ops = nullptr;
    std::size_t count = 0;
    const bool is_expression = dwarf_attr(&member, DW_AT_data_member_location, &attribute) &&
                               dwarf_getlocation(&attribute, &ops, &count) == 0;
    return is_expression && count == 1 && ops[0].atom == DW_OP_plus_uconst ? ops[0].number : 0;
}

// Without typedef, const and volatile.
std::optional<Dwarf_Die> type_of(Dwarf_Die die) {
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    if (!dwarf_attr_integrate(&die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &type))
        return std::nullopt;
    if (dwarf_peel_type(&type, &type) != 0) return std::nullopt;
    return type;
}

bool is_structure(Dwarf_Die type) {
    const int tag = dwarf_tag(&type);
    return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type;
}

std::string tag_of(Dwarf_Die type) {
    const char* name = is_structure(type) ? dwarf_diename(&type) : nullptr;
    return name ? name : std::string();
}

struct Part {
    Dwarf_Die type;  // peeled
    Member member;
};

// How many elements each dimension has; none for "[]".
std::uint64_t elements(Dwarf_Die array) {
    std::uint64_t count = 1;
    for_each_child(array, [&](Dwarf_Die dimension) {
        if (dwarf_tag(&dimension) != DW_TAG_subrange_type) return;
        const auto length = number(dimension, DW_AT_count), last = number(dimension, DW_AT_upper_bound);
        count *= length ? *length : last ? *last + 1 : 0;
    });
    return count;
}

// DW_AT_data_bit_offset counts from the start of the structure in the order of memory, DW_AT_bit_offset (DWARF 2,
// 3) from the highest bit of the storage unit.
void read_bits(Dwarf_Die die, Member& member, bool big_endian) {
    const auto bits = number(die, DW_AT_bit_size);
    if (!bits || *bits == 0 || *bits > 64) return;
    member.bits = static_cast<unsigned>(*bits);
    if (const auto start = number(die, DW_AT_data_bit_offset)) {
        const auto before = static_cast<unsigned>(*start % 8);
        member.offset += *start / 8;
        member.size = (before + member.bits + 7) / 8;
        member.shift = big_endian ? static_cast<unsigned>(member.size * 8) - before - member.bits : before;
    } else if (const auto from_top = number(die, DW_AT_bit_offset)) {
        member.size = number(die, DW_AT_byte_size).value_or(member.size);
        member.shift = static_cast<unsigned>(member.size * 8 - *from_top - member.bits);
    }
}

void read_type(Part& part) {
    Dwarf_Die element = part.type;
    part.member.count = 1;
    if (dwarf_tag(&element) == DW_TAG_array_type) {
        part.member.count = elements(element);
        if (const auto type = type_of(element)) element = *type;
    }
    Dwarf_Word size = 0;
    part.member.size = dwarf_aggregate_size(&part.type, &size) == 0 ? size : 0;
    part.member.is_pointer = dwarf_tag(&element) == DW_TAG_pointer_type;
    if (part.member.is_pointer && part.member.size == 0) part.member.size = 8;
    const auto encoding = number(element, DW_AT_encoding);
    part.member.is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    const auto target = part.member.is_pointer ? type_of(element) : std::optional(element);
    part.member.type = target ? tag_of(*target) : std::string();
}

bool is_big_endian(Dwarf_Die die) {
    const Elf* elf = dwarf_getelf(dwarf_cu_getdwarf(die.cu));
    const char* identification = elf_getident(const_cast<Elf*>(elf), nullptr);
    return identification && identification[EI_DATA] == ELFDATA2MSB;
}

// A member of a structure by name, those of anonymous structures in it, too.
std::optional<Part> named(Dwarf_Die structure, std::string_view name, int depth) {
    std::optional<Part> found;
    for_each_child(structure, [&](Dwarf_Die die) {
        if (found || dwarf_tag(&die) != DW_TAG_member) return;
        const auto type = type_of(die);
        if (!type) return;
        const std::uint64_t offset = location_of(die);
        const char* own = dwarf_diename(&die);
        if (own && own == name) {
            found = Part{*type, {}};
            read_type(*found);
            found->member.offset = offset;
            read_bits(die, found->member, is_big_endian(die));
        } else if (!own && is_structure(*type) && depth < deepest) {
            found = named(*type, name, depth + 1);
            if (found) found->member.offset += offset;
        }
    });
    return found;
}

// Takes "[2]" off.
std::optional<std::uint64_t> take_subscript(std::string_view& path) {
    if (!path.starts_with('[')) return std::nullopt;
    const std::size_t end = path.find(']');
    std::uint64_t value = 0;
    if (end == std::string_view::npos) return std::nullopt;
    std::from_chars(path.data() + 1, path.data() + end, value);
    path.remove_prefix(end + 1);
    return value;
}

bool enter_element(Part& part, std::uint64_t number) {
    const auto type = dwarf_tag(&part.type) == DW_TAG_array_type ? type_of(part.type) : std::nullopt;
    if (!type) return false;
    const std::uint64_t before = part.member.offset;
    part.type = *type;
    read_type(part);
    part.member.offset = before + number * part.member.size;
    return true;
}

}  // namespace

void KernelTypes::list_unit(Dwarf_Die unit, int depth) const {
    if (!units_.insert(dwarf_dieoffset(&unit)).second || depth > deepest) return;
    for_each_child(unit, [&](Dwarf_Die die) {
        const int tag = dwarf_tag(&die);
        if (tag == DW_TAG_imported_unit) {  // of files that dwz made smaller
            Dwarf_Attribute attribute;
            Dwarf_Die imported;
            if (dwarf_attr(&die, DW_AT_import, &attribute) && dwarf_formref_die(&attribute, &imported) &&
                dwarf_cu_getdwarf(imported.cu) == debug_)
                list_unit(imported, depth + 1);
            return;
        }
        if (tag == DW_TAG_enumeration_type) enumerations_.push_back(dwarf_dieoffset(&die));
        const bool is_tag = is_structure(die), is_typedef = tag == DW_TAG_typedef;
        if ((!is_tag && !is_typedef) || dwarf_hasattr(&die, DW_AT_declaration)) return;
        if (const char* name = dwarf_diename(&die))
            (is_tag ? tags_ : typedefs_).try_emplace(name, dwarf_dieoffset(&die));
    });
}

void KernelTypes::list_near() const {
    if (near_listed_ || !debug_) return;
    near_listed_ = true;
    for (const Dwarf_Addr address : near_) {
        Dwarf_Die unit;
        if (dwarf_addrdie(debug_, address, &unit)) list_unit(unit, 0);
    }
}

void KernelTypes::list_all() const {
    if (all_listed_ || !debug_) return;
    all_listed_ = true;
    Dwarf_Off at = 0, next = 0;
    std::size_t header = 0;
    while (dwarf_nextcu(debug_, at, &next, &header, nullptr, nullptr, nullptr) == 0) {
        Dwarf_Die unit;
        if (dwarf_offdie(debug_, at + header, &unit)) list_unit(unit, 0);
        at = next;
    }
}

std::optional<Dwarf_Die> KernelTypes::listed(std::string_view type) const {
    for (const auto* names : {&tags_, &typedefs_}) {
        const auto known = names->find(type);
        Dwarf_Die die;
        if (known == names->end() || !dwarf_offdie(debug_, known->second, &die)) continue;
        if (dwarf_peel_type(&die, &die) == 0) return die;
    }
    return std::nullopt;
}

std::optional<Dwarf_Die> KernelTypes::find(std::string_view type) const {
    list_near();
    if (auto found = listed(type)) return found;
    list_all();
    return listed(type);
}

std::optional<std::uint64_t> KernelTypes::size_of(const std::string& type) const {
    auto die = find(type);
    Dwarf_Word size = 0;
    if (!die || dwarf_aggregate_size(&*die, &size) != 0) return std::nullopt;
    return size;
}

const std::optional<Member>& KernelTypes::member(const std::string& type, const std::string& path) const {
    const auto [known, is_new] = members_.try_emplace({type, path});
    if (is_new) known->second = find_member(type, path);
    return known->second;
}

std::optional<Member> KernelTypes::find_member(const std::string& type, std::string_view path) const {
    const auto structure = find(type);
    if (!structure) return std::nullopt;
    Part part{*structure, {}};
    while (!path.empty()) {
        if (const auto subscript = take_subscript(path)) {
            if (!enter_element(part, *subscript)) return std::nullopt;
            continue;
        }
        if (path.starts_with('.')) path.remove_prefix(1);
        const std::string_view name = path.substr(0, path.find_first_of(".["));
        auto inner = is_structure(part.type) ? named(part.type, name, 0) : std::nullopt;
        if (name.empty() || !inner) return std::nullopt;
        inner->member.offset += part.member.offset;
        part = *inner;
        path.remove_prefix(name.size());
    }
    return part.member;
}

std::optional<std::int64_t> KernelTypes::enumerator(const std::string& name) const {
    list_near();
    std::optional<std::int64_t> value;
    for (const Dwarf_Off offset : enumerations_) {
        Dwarf_Die enumeration;
        if (value || !dwarf_offdie(debug_, offset, &enumeration)) continue;
        for_each_child(enumeration, [&](Dwarf_Die die) {
            const char* own = dwarf_diename(&die);
            Dwarf_Attribute attribute;
            Dwarf_Sword constant = 0;
            if (own && own == name && dwarf_attr(&die, DW_AT_const_value, &attribute) &&
                dwarf_formsdata(&attribute, &constant) == 0)
                value = constant;
        });
    }
    return value;
}

}  // namespace stallsight
