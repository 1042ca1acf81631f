// What the unwinder asks of a CPU's registers is there under the names that libkdumpfile gives them.
#include <gtest/gtest.h>

#include "symbolizer/unwind/architecture.h"
#include "tests/support/made_dump.h"

namespace stallsight {
namespace {

TEST(DumpRegisters, AreThoseThatStacksBeginWith) {
    constexpr std::uint64_t word = 0xc0ffee00c0ffee;
    for (const auto& [machine, elf_machine] : {std::pair(MadeDump::Machine::x86_64, EM_X86_64),
                                               {MadeDump::Machine::ppc64, EM_PPC64},
                                               {MadeDump::Machine::arm64, EM_AARCH64}}) {
        MadeDump made(machine);
        made.registers(word);
        const auto dump = made.open();
        ASSERT_TRUE(dump) << dump.error().text();
        ASSERT_EQ(dump->cpus().size(), 1u) << dump->arch();
        for (const Architecture::Saved& saved : architecture_of(static_cast<unsigned>(elf_machine))->pt_regs)
            EXPECT_EQ(dump->cpus()[0].value(saved.dump_name), word) << dump->arch() << " " << saved.dump_name;
    }
}

}  // namespace
}  // namespace stallsight
