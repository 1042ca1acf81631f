#include "symbolizer/instructions.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stallsight {
namespace {

using Kind = Instruction::Kind;

// The last instruction of words at 0x1000.
std::optional<Instruction> last(unsigned machine, bool big_endian, std::initializer_list<std::uint32_t> words) {
    std::string bytes;
    for (const std::uint32_t word : words)
        for (int i = 0; i < 4; ++i) bytes += static_cast<char>(word >> (big_endian ? 24 - 8 * i : 8 * i));
    return last_instruction({bytes, 0x1000, machine, big_endian});
}

TEST(Instructions, KnowsCallsOfFixedWidth) {
    EXPECT_EQ(last(EM_PPC64, true, {0x48000011})->kind, Kind::direct_call);  // bl .+16
    EXPECT_EQ(last(EM_PPC64, true, {0x48000011})->target, 0x1010u);
    EXPECT_EQ(last(EM_PPC64, true, {0x4bfffff1})->target, 0x0ff0u);               // bl .-16
    EXPECT_EQ(last(EM_PPC64, false, {0x4e800421})->kind, Kind::indirect_call);    // bctrl
    EXPECT_EQ(last(EM_PPC64, true, {0x48000010})->kind, Kind::direct_jump);       // b
    EXPECT_EQ(last(EM_PPC64, true, {0x4e800420})->kind, Kind::indirect_jump);     // bctr
    EXPECT_EQ(last(EM_PPC64, true, {0x60000000})->kind, Kind::other);             // nop
    EXPECT_EQ(last(EM_AARCH64, false, {0x94000004})->target, 0x1010u);            // bl .+16
    EXPECT_EQ(last(EM_AARCH64, false, {0xd63f0020})->kind, Kind::indirect_call);  // blr x1
    EXPECT_EQ(last(EM_AARCH64, false, {0x17fffffc})->kind, Kind::direct_jump);    // b .-16
    EXPECT_EQ(last(EM_ARM, false, {0xeb000002})->target, 0x1010u);                // bl .+16
    EXPECT_EQ(last(EM_ARM, false, {0xe12fff33})->kind, Kind::indirect_call);      // blx r3
    EXPECT_FALSE(last(EM_ARM, false, {0xe1a00000}));                              // may be thumb
    EXPECT_EQ(last(EM_ARM, false, {0xfb000001})->target, 0x100eu);                // blx .+14
    EXPECT_EQ(last(EM_MIPS, true, {0x04110003, 0})->target, 0x1010u);             // bal .+16, nop
    EXPECT_EQ(last(EM_MIPS, true, {0x0c000404, 0})->target, 0x1010u);             // jal, nop
    EXPECT_EQ(last(EM_MIPS, true, {0x0320f809, 0})->kind, Kind::indirect_call);   // jalr t9, nop
    EXPECT_FALSE(last(EM_RISCV, false, {0x000000ef}));
    EXPECT_FALSE(last(EM_PPC64, true, {}));
}

// The kernel wrote a shorter or a longer call than the file has when it booted. The bytes are
// those of Debian's 6.12 in default_idle().
TEST(Instructions, KnowsCallsThatTheKernelShortened) {
    using namespace std::string_view_literals;
    const auto at_end = [](std::string_view bytes) { return last_instruction({bytes, 0x1000, EM_X86_64, false}); };
    EXPECT_EQ(at_end("\xff\x15\x16\x4f\x9c"sv)->kind, Kind::indirect_call);      // call *N(%rip), 5 of 6 bytes
    EXPECT_EQ(at_end("\x90\xff\x14\x25\x10\x20"sv)->kind, Kind::indirect_call);  // call *N, 5 of 7
    EXPECT_EQ(at_end("\xff\xd3\x90\x90\x90"sv)->kind, Kind::indirect_call);  // ret_from_fork of 5.10: call *%rbx
    EXPECT_EQ(at_end("\xff\xd3\x90\x90"sv)->kind, Kind::other);
    EXPECT_EQ(at_end("\x90\xff\x35\x16\x4f\x9c"sv)->kind, Kind::other);  // push N(%rip), 5 of 6
    EXPECT_EQ(at_end("\x90\xff\x15\x16\x4f"sv)->kind, Kind::other);      // 4 of 6: no call is so short
}

// Bytes and targets as llvm-mc and llvm-objdump have them.
TEST(Instructions, KnowsThumb) {
    using namespace std::string_view_literals;
    const auto at_end = [](std::string_view bytes) {
        return last_instruction({bytes, 0x1000, EM_ARM, false, true});
    };
    EXPECT_EQ(at_end("\x00\xf0\x06\xf8"sv)->kind, Kind::direct_call);  // bl .+16
    EXPECT_EQ(at_end("\x00\xf0\x06\xf8"sv)->target, 0x1010u);
    EXPECT_EQ(at_end("\xff\xf7\xf6\xff"sv)->target, 0x0ff0u);          // bl .-16
    EXPECT_EQ(at_end("\x00\xbf\xff\xf7\xf6\xef"sv)->target, 0x0ff0u);  // nop; blx .-18, to a word
    EXPECT_EQ(at_end("\x98\x47"sv)->kind, Kind::indirect_call);        // blx r3
    EXPECT_EQ(at_end("\x18\x47"sv)->kind, Kind::indirect_jump);        // bx r3
    EXPECT_EQ(at_end("\x70\x47"sv)->kind, Kind::other);                // bx lr
    EXPECT_EQ(at_end("\x06\xe0"sv)->target, 0x1010u);                  // b .+16
    EXPECT_EQ(at_end("\x00\xbf"sv)->kind, Kind::other);                // nop
    EXPECT_FALSE(at_end(""sv));
    std::vector<std::uint64_t> targets;  // movw r1, #612; b.w .-34; beq.w .+8; bl .+16
    for_each_branch(
        {"\x40\xf2\x64\x21\xff\xf7\xef\xbf\x00\xf0\x02\x80\x00\xf0\x06\xf8"sv, 0x1000, EM_ARM, false, true},
        [&](const Instruction& found) { targets.push_back(found.target); });
    EXPECT_EQ(targets, (std::vector<std::uint64_t>{0x0fe6, 0x101c}));
}

TEST(Instructions, ReadsX86Forwards) {
    const auto at_end = [](std::string_view bytes) { return last_instruction({bytes, 0x1000, EM_X86_64, false}); };
    using namespace std::string_view_literals;
    EXPECT_EQ(at_end("\x53\xe8\x0a\x00\x00\x00"sv)->kind, Kind::direct_call);  // push rbx; call .+15
    EXPECT_EQ(at_end("\x53\xe8\x0a\x00\x00\x00"sv)->target, 0x1010u);
    EXPECT_EQ(at_end("\xff\xd0"sv)->kind, Kind::indirect_call);        // call *rax
    EXPECT_EQ(at_end("\x50\x48\xcb"sv)->kind, Kind::indirect_call);    // push rax; lretq: secondary_startup_64
    EXPECT_EQ(at_end("\xff\x53\x18"sv)->kind, Kind::indirect_call);    // call *0x18(rbx)
    EXPECT_EQ(at_end("\x53\x90"sv)->kind, Kind::other);                // nop
    EXPECT_EQ(at_end("\x53\xe8\x0a\x00"sv)->size, 0u);                 // in the middle of the call
    EXPECT_EQ(at_end("\x06\xe8\x0a\x00\x00\x00"sv)->target, 0x1010u);  // behind something undecodable
    EXPECT_FALSE(at_end(""sv));
}

}  // namespace
}  // namespace stallsight
