#include "symbolizer/call_site.h"

#include <capstone/capstone.h>

#include <algorithm>
#include <memory>

namespace stallsight {
namespace {

std::uint32_t word_at(std::string_view content, std::uint64_t offset, bool big_endian) {
    std::uint32_t word = 0;
    for (std::uint64_t i = 0; i < 4; ++i)
        word = word << 8 | static_cast<unsigned char>(content[offset + (big_endian ? i : 3 - i)]);
    return word;
}

std::int64_t sign_extended(std::uint32_t value, int bits) {
    const std::int64_t sign = std::int64_t{1} << (bits - 1);
    return ((static_cast<std::int64_t>(value) & (2 * sign - 1)) ^ sign) - sign;
}

// Targets that only run time decides: retpolines, static calls (patched to the function in force).
bool decided_at_run_time(std::string_view name) {
    return name.starts_with("__x86_indirect_") || name.starts_with("__SCT__") ||
           name.starts_with("__x86_return_thunk");
}

// The number of bytes that a call instruction's displacement is counted from its target field: x86 only.
constexpr std::int64_t x86_field = 4;

class Disassembler {
public:
    explicit Disassembler(bool wide) {
        valid_ = cs_open(CS_ARCH_X86, wide ? CS_MODE_64 : CS_MODE_32, &handle_) == CS_ERR_OK;
        if (!valid_) return;
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    ~Disassembler() {
        if (instruction_) cs_free(instruction_, 1);
        if (valid_) cs_close(&handle_);
    }
    Disassembler(const Disassembler&) = delete;
    Disassembler& operator=(const Disassembler&) = delete;

    // Null at an undecodable place.
    const cs_insn* next(std::string_view& code, std::uint64_t& address) {
        if (!instruction_) return nullptr;
        auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
        std::size_t size = code.size();
        if (!cs_disasm_iter(handle_, &bytes, &size, &address, instruction_)) return nullptr;
        code.remove_prefix(code.size() - size);
        return instruction_;
    }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    bool valid_ = false;
};

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

Call CallSites::before(std::uint64_t return_address, std::uint64_t function_start) {
    Call call;
    const ElfSection* section = file_.section_of(return_address - 1);
    if (!section || !section->contains(function_start)) return call;
    const auto instruction = last_instruction(*section, return_address, function_start);
    if (!instruction) return call;
    switch (instruction->kind) {
        case Instruction::Kind::other:
            call.site = CallSite::not_a_call;
            break;
        case Instruction::Kind::indirect_call:
            call.site = CallSite::indirect;
            break;
        case Instruction::Kind::direct_call:
            name_target(call, *section, *instruction);
            break;
    }
    return call;
}

std::optional<CallSites::Instruction> CallSites::last_instruction(const ElfSection& section,
                                                                  std::uint64_t return_address,
                                                                  std::uint64_t function_start) const {
    if (file_.machine() == EM_X86_64 || file_.machine() == EM_386)
        return last_x86(section, return_address, function_start);
    return last_fixed_width(section, return_address);
}

// x86 instructions can be read forwards only, so from the start of the function.
std::optional<CallSites::Instruction> CallSites::last_x86(const ElfSection& section, std::uint64_t end,
                                                          std::uint64_t start) const {
    const std::string_view content = ElfFile::content(section);
    if (end - section.address > content.size() || start >= end) return std::nullopt;
    std::string_view code = content.substr(start - section.address, end - start);
    Disassembler disassembler(file_.machine() == EM_X86_64);
    Instruction last{Instruction::Kind::other, start, 0, 0};
    std::uint64_t address = start;
    while (!code.empty()) {
        const cs_insn* decoded = disassembler.next(code, address);
        if (!decoded) break;
        last = {Instruction::Kind::other, decoded->address, decoded->size, 0};
        if (code.empty() && decoded->id == X86_INS_CALL) {
            const cs_x86_op& operand = decoded->detail->x86.operands[0];
            const bool direct = decoded->detail->x86.op_count == 1 && operand.type == X86_OP_IMM;
            last.kind = direct ? Instruction::Kind::direct_call : Instruction::Kind::indirect_call;
            if (direct) last.target = static_cast<std::uint64_t>(operand.imm);
        }
    }
    if (code.empty()) return last;
    // Data in the function, or an instruction that Capstone does not know: what stands there may be a call.
    const std::uint64_t at = end - section.address;
    if (end - start < 5 || content[at - 5] != '\xe8') return std::nullopt;
    const auto distance = static_cast<std::int32_t>(word_at(content, at - 4, false));
    return Instruction{Instruction::Kind::direct_call, end - 5, 5,
                       end + static_cast<std::uint64_t>(std::int64_t{distance})};
}

std::optional<CallSites::Instruction> CallSites::last_fixed_width(const ElfSection& section,
                                                                  std::uint64_t end) const {
    const std::string_view content = ElfFile::content(section);
    const std::uint64_t length = file_.machine() == EM_MIPS ? 8 : 4;  // a delay slot lies behind a call of MIPS
    const std::uint64_t offset = end - section.address - length;
    if (end - section.address < length || offset + 4 > content.size() || end % 4 != 0) return std::nullopt;
    // arm64 instructions are little-endian always.
    const std::uint32_t word = word_at(content, offset, file_.big_endian() && file_.machine() != EM_AARCH64);
    using Kind = Instruction::Kind;
    const std::uint64_t address = end - length;
    const auto direct = [&](std::int64_t distance) {
        return Instruction{Kind::direct_call, address, length, address + static_cast<std::uint64_t>(distance)};
    };
    const Instruction indirect{Kind::indirect_call, address, length, 0}, other{Kind::other, address, length, 0};
    switch (file_.machine()) {
        case EM_PPC:
        case EM_PPC64:
            if ((word & 0xfc000003) == 0x48000001) return direct(sign_extended(word & 0x03fffffc, 26));  // bl
            if ((word & 0xfc0007ff) == 0x4c000421 || (word & 0xfc0007ff) == 0x4c000021)
                return indirect;  // bctrl blrl
            return other;
        case EM_AARCH64:
            if ((word & 0xfc000000) == 0x94000000) return direct(sign_extended(word & 0x03ffffff, 26) * 4);  // bl
            if ((word & 0xfefff000) == 0xd63f0000) return indirect;  // blr, blraa, blrab
            return other;
        case EM_ARM:
            if ((word & 0x0f000000) == 0x0b000000)
                return direct(sign_extended(word & 0x00ffffff, 24) * 4 + 8);  // bl
            if ((word & 0x0ffffff0) == 0x012fff30) return indirect;           // blx register
            return std::nullopt;  // may be thumb, or `mov lr, pc; ldr pc`
        case EM_MIPS:
            if ((word & 0xfc000000) == 0x0c000000)  // jal: within the 256 MB of the delay slot
                return Instruction{Kind::direct_call, address, length,
                                   ((address + 4) & ~std::uint64_t{0x0fffffff}) | (word & 0x03ffffff) << 2};
            if ((word & 0xfc00003f) == 0x00000009) return indirect;  // jalr
            return other;
        default:
            return std::nullopt;
    }
}

void CallSites::name_target(Call& call, const ElfSection& section, const Instruction& instruction) {
    call.site = CallSite::direct;
    call.target_address = instruction.target;
    const auto& relocations = relocations_of(section);
    const std::uint64_t offset = instruction.address - section.address;
    auto found =
        std::lower_bound(relocations.begin(), relocations.end(), offset,
                         [](const Relocation& left, std::uint64_t wanted) { return left.offset < wanted; });
    const bool x86 = file_.machine() == EM_X86_64 || file_.machine() == EM_386;
    if (found != relocations.end() && found->offset < offset + instruction.size) {
        const auto reference = symbols_.reference(found->symbol);
        const std::int64_t in_place = x86 ? -x86_field : 0;
        const std::int64_t addend = found->addend.value_or(in_place) + (x86 ? x86_field : 0);
        if (!reference.defined) {
            call.target_address.reset();
            call.target = reference.name;
        } else {
            call.target_address = reference.address + static_cast<std::uint64_t>(addend);
        }
    }
    if (call.target_address)
        if (const Symbol* symbol = symbols_.at(*call.target_address)) call.target = symbol->name;
    if (call.target.starts_with('.')) call.target.erase(0, 1);  // ppc64 ELFv1: the entry, not the descriptor
    if (decided_at_run_time(call.target)) call = {CallSite::indirect, {}, {}};
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
