#include "symbolizer/call_site.h"

#include <algorithm>
#include <array>

namespace stallsight {
namespace {

// Targets that only run time decides: retpolines, static calls (patched to the function in force).
bool decided_at_run_time(std::string_view name) {
    if (name.starts_with("__pi_")) name.remove_prefix(5);  // the same code under the startup code's name
    return name.starts_with("__x86_indirect_") || name.starts_with("__SCT__");
}

// Where x86-64 keeps preempt_count: arch/x86/kernel/cpu/common.c up to 6.1 and since 6.15; 6.2 to 6.14 in struct
// pcpu_hot (arch/x86/include/asm/current.h).
struct CountVariable {
    std::string_view name;
    std::uint64_t offset;
};
constexpr std::array preempt_counts = {CountVariable{"__preempt_count", 0}, CountVariable{"pcpu_hot", 8}};

// x86 displacements count from the end of their 4 bytes, so that their relocations carry -4.
constexpr std::int64_t x86_field = 4;

}  // namespace

std::string_view name_of(CallSite site) {
    switch (site) {
        case CallSite::direct:
            return "direct";
        case CallSite::indirect:
            return "indirect";
        case CallSite::not_a_call:
            return "not_a_call";
        case CallSite::unknown:
            break;
    }
    return "unknown";
}

std::string_view name_of(CallLink link) {
    switch (link) {
        case CallLink::proved:
            return "proved";
        case CallLink::tail_call:
            return "tail_call";
        case CallLink::indirect:
            return "indirect";
        case CallLink::contradicted:
            return "contradicted";
        case CallLink::unknown:
            break;
    }
    return "unknown";
}

std::optional<MachineCode> CallSites::code(const ElfSection& section, std::uint64_t start,
                                           std::uint64_t end) const {
    const std::string_view content = ElfFile::content(section);
    if (start >= end || !section.contains(start) || end - section.address > content.size()) return std::nullopt;
    const Symbol* function = symbols_.at(start);
    const bool thumb = function && function->thumb;
    if (thumb) end &= ~std::uint64_t{1};  // a return address to thumb code has bit 0 set
    return MachineCode{content.substr(start - section.address, end - start), start, file_.machine(),
                       file_.big_endian(), thumb};
}

Call CallSites::before(std::uint64_t return_address, std::uint64_t function_start) {
    const ElfSection* section = file_.section_of(return_address - 1);
    const auto function = section ? code(*section, function_start, return_address) : std::nullopt;
    const auto instruction = function ? last_instruction(*function) : std::nullopt;
    if (!instruction) return {};
    if (instruction->kind == Instruction::Kind::direct_call) return direct(*section, *instruction);
    if (instruction->kind == Instruction::Kind::indirect_call) return {CallSite::indirect, {}, {}};
    if (is_patched_retpoline(*section, *instruction)) return {CallSite::indirect, {}, {}};
    return {CallSite::not_a_call, {}, {}};
}

bool CallSites::is_patched_retpoline(const ElfSection& section, const Instruction& cut) {
    if (file_.machine() != EM_X86_64 || cut.size != 0) return false;
    const auto whole = code(section, cut.address, cut.address + 5);
    const auto call = whole ? last_instruction(*whole) : std::nullopt;
    return call && call->kind == Instruction::Kind::direct_call &&
           direct(section, *call).site == CallSite::indirect;
}

const TailCalls& CallSites::tail_calls(const Symbol& function) {
    const auto [known, is_new] = tail_calls_.try_emplace(function.address);
    TailCalls& found = known->second;
    if (!is_new) return found;
    const std::uint64_t end = function.address + (function.size ? function.size : function.span);
    const ElfSection* section = file_.section_of(function.address);
    const auto body = section ? code(*section, function.address, end) : std::nullopt;
    if (!body) return found;
    for_each_branch(*body, [&](const Instruction& instruction) {
        using Kind = Instruction::Kind;
        if (instruction.kind == Kind::indirect_jump) found.indirect = true;
        if (instruction.kind != Kind::direct_jump) return;
        Call call = direct(*section, instruction);
        const bool inside =
            call.target_address && *call.target_address >= function.address && *call.target_address < end;
        if (call.site == CallSite::indirect) found.indirect = true;
        if (call.site == CallSite::direct && !inside) found.direct.push_back(std::move(call));
    });
    return found;
}

Call CallSites::target(const Instruction& instruction) {
    const ElfSection* section = file_.section_of(instruction.address);
    return section ? direct(*section, instruction) : Call{};
}

std::optional<MachineCode> CallSites::code(std::uint64_t start, std::uint64_t end) const {
    const ElfSection* section = file_.section_of(start);
    return section ? code(*section, start, end) : std::nullopt;
}

const CallSites::Relocation* CallSites::relocation_in(const ElfSection& section, const Instruction& instruction) {
    const auto& relocations = relocations_of(section);
    const std::uint64_t offset = instruction.address - section.address;
    const auto found =
        std::lower_bound(relocations.begin(), relocations.end(), offset,
                         [](const Relocation& left, std::uint64_t wanted) { return left.offset < wanted; });
    return found != relocations.end() && found->offset < offset + instruction.size ? &*found : nullptr;
}

bool CallSites::changes_preempt_count(const Instruction& instruction) {
    const ElfSection* section = file_.section_of(instruction.address);
    if (!section) return false;
    if (!file_.relocatable()) {
        if (!preempt_count_) preempt_count_ = linked_preempt_count();
        return *preempt_count_ != 0 && instruction.target == *preempt_count_;
    }
    const Relocation* found = relocation_in(*section, instruction);
    if (!found || !found->addend) return false;
    // A displacement counts from the instruction's end, and an immediate operand may stand behind it; an address
    // that does not is the relocation's alone.
    const bool relative = instruction.target != 0;
    const std::uint64_t field = instruction.address - section->address + instruction.size - found->offset;
    const std::uint64_t offset = static_cast<std::uint64_t>(*found->addend) + (relative ? field : 0);
    const std::string_view name = symbols_.reference(found->symbol).name;
    return std::any_of(preempt_counts.begin(), preempt_counts.end(),
                       [&](const CountVariable& each) { return each.name == name && each.offset == offset; });
}

// 0: it has none.
std::uint64_t CallSites::linked_preempt_count() const {
    std::uint64_t address = 0;
    for (const ElfSection& table : file_.sections()) {
        if (table.type != SHT_SYMTAB) continue;
        file_.for_each_symbol(table, [&](int, const auto& name, const GElf_Sym& symbol) {
            if (GELF_ST_TYPE(symbol.st_info) != STT_OBJECT) return;
            for (const CountVariable& each : preempt_counts)
                if (name() == each.name) address = symbol.st_value + each.offset;
        });
    }
    return address;
}

Call CallSites::direct(const ElfSection& section, const Instruction& instruction) {
    Call call{CallSite::direct, {}, instruction.target};
    const bool x86 = file_.machine() == EM_X86_64 || file_.machine() == EM_386;
    if (const Relocation* found = relocation_in(section, instruction)) {
        const auto reference = symbols_.reference(found->symbol);
        const std::int64_t field = x86 ? x86_field : 0;
        call.target_address =
            reference.address + static_cast<std::uint64_t>(found->addend.value_or(-field) + field);
        call.target = reference.name;
        if (!reference.defined) call.target_address.reset();
    }
    if (call.target_address)
        if (const Symbol* symbol = symbols_.at(*call.target_address)) call.target = symbol->name;
    if (call.target.starts_with('.')) call.target.erase(0, 1);  // ppc64 ELFv1: the entry, not the descriptor
    if (decided_at_run_time(call.target)) return {CallSite::indirect, {}, {}};
    return call;
}

const std::vector<CallSites::Relocation>& CallSites::relocations_of(const ElfSection& section) {
    const auto number = static_cast<std::size_t>(&section - file_.sections().data());
    const auto [known, is_new] = relocations_.try_emplace(number);
    std::vector<Relocation>& found = known->second;
    if (!is_new || !file_.relocatable()) return found;
    for (const ElfSection& table : file_.sections()) {
        if (table.target != number || (table.type != SHT_RELA && table.type != SHT_REL)) continue;
        Elf_Data* data = ElfFile::data(table);
        GElf_Rela rela;
        GElf_Rel rel;
        for (int i = 0; data && table.type == SHT_RELA && gelf_getrela(data, i, &rela); ++i)
            found.push_back({rela.r_offset, GELF_R_SYM(rela.r_info), rela.r_addend});
        for (int i = 0; data && table.type == SHT_REL && gelf_getrel(data, i, &rel); ++i)
            found.push_back({rel.r_offset, GELF_R_SYM(rel.r_info), std::nullopt});
    }
    std::sort(found.begin(), found.end(),
              [](const auto& left, const auto& right) { return left.offset < right.offset; });
    return found;
}

}  // namespace stallsight
