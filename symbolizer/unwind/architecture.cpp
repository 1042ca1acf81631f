#include "symbolizer/unwind/architecture.h"

#include <elf.h>

namespace stallsight {
namespace {

constexpr unsigned pc = Registers::count;

// arch/x86/include/asm/ptrace.h; numbers of the System V ABI for AMD64, figure 3.36.
constexpr Architecture::Saved x86_64[] = {
    {"ip", pc, "rip"},  {"sp", 7, "rsp"},   {"bp", 6, "rbp"},   {"ax", 0, "rax"},   {"dx", 1, "rdx"},
    {"cx", 2, "rcx"},   {"bx", 3, "rbx"},   {"si", 4, "rsi"},   {"di", 5, "rdi"},   {"r8", 8, "r8"},
    {"r9", 9, "r9"},    {"r10", 10, "r10"}, {"r11", 11, "r11"}, {"r12", 12, "r12"}, {"r13", 13, "r13"},
    {"r14", 14, "r14"}, {"r15", 15, "r15"}};

// arch/powerpc/include/asm/ptrace.h; numbers of the 64-bit PowerPC ELF ABI: 65 is the link register.
constexpr Architecture::Saved ppc64[] = {{"nip", pc, "pc"},      {"gpr[1]", 1, "r1"},    {"link", 65, "lr"},
                                         {"gpr[14]", 14, "r14"}, {"gpr[15]", 15, "r15"}, {"gpr[16]", 16, "r16"},
                                         {"gpr[17]", 17, "r17"}, {"gpr[18]", 18, "r18"}, {"gpr[19]", 19, "r19"},
                                         {"gpr[20]", 20, "r20"}, {"gpr[21]", 21, "r21"}, {"gpr[22]", 22, "r22"},
                                         {"gpr[23]", 23, "r23"}, {"gpr[24]", 24, "r24"}, {"gpr[25]", 25, "r25"},
                                         {"gpr[26]", 26, "r26"}, {"gpr[27]", 27, "r27"}, {"gpr[28]", 28, "r28"},
                                         {"gpr[29]", 29, "r29"}, {"gpr[30]", 30, "r30"}, {"gpr[31]", 31, "r31"}};

// arch/arm64/include/asm/ptrace.h; numbers of DWARF for the Arm 64-bit architecture.
constexpr Architecture::Saved arm64[] = {{"pc", pc, "pc"},        {"sp", 31, "sp"},        {"regs[19]", 19, "x19"},
                                         {"regs[20]", 20, "x20"}, {"regs[21]", 21, "x21"}, {"regs[22]", 22, "x22"},
                                         {"regs[23]", 23, "x23"}, {"regs[24]", 24, "x24"}, {"regs[25]", 25, "x25"},
                                         {"regs[26]", 26, "x26"}, {"regs[27]", 27, "x27"}, {"regs[28]", 28, "x28"},
                                         {"regs[29]", 29, "x29"}, {"regs[30]", 30, "lr"}};

constexpr Architecture architectures[] = {
    {EM_X86_64, 7, 6, 16, x86_64}, {EM_PPC64, 1, 1, 65, ppc64}, {EM_AARCH64, 31, 29, 30, arm64}};

}  // namespace

const Architecture* architecture_of(unsigned elf_machine) {
    for (const Architecture& architecture : architectures)
        if (architecture.elf_machine == elf_machine) return &architecture;
    return nullptr;
}

}  // namespace stallsight
