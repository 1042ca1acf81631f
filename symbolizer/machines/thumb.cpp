#include "symbolizer/machines/thumb.h"

#include "symbolizer/machines/bits.h"

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

std::uint32_t halfword_at(const MachineCode& code, std::uint64_t offset) {
    return static_cast<std::uint32_t>(word_of(code.bytes.substr(offset, 2), code.big_endian));
}

bool begins_two(std::uint32_t halfword) {
    return halfword >> 11 >= 0x1d;
}

// bl, blx (to arm code) and b.w: S:I1:I2:imm10:imm11, where I1 and I2 are J1 and J2 turned over unless S is set.
Instruction two_halfwords(std::uint32_t first, std::uint32_t second, std::uint64_t address) {
    Instruction found{Kind::other, address, 4, 0};
    if (first >> 11 != 0x1e || second >> 15 != 1) return found;
    const bool call = second >> 14 & 1, stays_thumb = second >> 12 & 1;
    if (!call && !stays_thumb) return found;  // conditional, or no branch at all
    const std::uint32_t sign = first >> 10 & 1, i1 = ~(second >> 13 ^ sign) & 1, i2 = ~(second >> 11 ^ sign) & 1;
    const std::uint32_t distance = sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1;
    const std::uint64_t from = stays_thumb ? address + 4 : (address + 4) & ~std::uint64_t{3};
    found.kind = call ? Kind::direct_call : Kind::direct_jump;
    found.target = from + static_cast<std::uint64_t>(sign_extended(distance, 25));
    return found;
}

// blx by register; b; bx, a return by lr.
Instruction one_halfword(std::uint32_t halfword, std::uint64_t address) {
    Instruction found{Kind::other, address, 2, 0};
    if ((halfword & 0xff87) == 0x4780) found.kind = Kind::indirect_call;
    if ((halfword & 0xff87) == 0x4700 && (halfword >> 3 & 15) != 14) found.kind = Kind::indirect_jump;
    if (halfword >> 11 == 0x1c) {
        found.kind = Kind::direct_jump;
        found.target = address + 4 + static_cast<std::uint64_t>(sign_extended((halfword & 0x7ff) << 1, 12));
    }
    return found;
}

}  // namespace

// Nothing else ends as a call does, so that it is found from behind: data may stand before it.
std::optional<Instruction> last_thumb(const MachineCode& code) {
    const std::uint64_t size = code.bytes.size();
    if (size < 2 || code.end() % 2 != 0) return std::nullopt;
    if (size >= 4) {
        const Instruction two =
            two_halfwords(halfword_at(code, size - 4), halfword_at(code, size - 2), code.end() - 4);
        if (two.kind == Kind::direct_call) return two;
    }
    return one_halfword(halfword_at(code, size - 2), code.end() - 2);
}

void for_each_thumb_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use) {
    std::uint64_t offset = 0;
    while (offset + 2 <= code.bytes.size()) {
        const std::uint32_t first = halfword_at(code, offset);
        const std::uint64_t address = code.address + offset;
        const bool two = begins_two(first) && offset + 4 <= code.bytes.size();
        const Instruction found =
            two ? two_halfwords(first, halfword_at(code, offset + 2), address) : one_halfword(first, address);
        if (found.kind != Kind::other) use(found);
        offset += found.size;
    }
}

}  // namespace stallsight
