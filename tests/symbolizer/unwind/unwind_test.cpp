// Stacks in memory that a test has laid out, each as the kernel's source says.
#include "symbolizer/unwind/unwinder.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>

#include "symbolizer/unwind/frame_records.h"
#include "symbolizer/unwind/orc.h"
#include "tests/support/made_memory.h"

namespace structures {
#include "tests/support/kernel_structures.h"
}

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t code = 0xffffffff81000000, stack = 0xffffc90000010000;

std::vector<std::uint64_t> pcs(const Stack& found) {
    std::vector<std::uint64_t> list;
    for (const StackFrame& frame : found.frames) list.push_back(frame.pc);
    return list;
}

class Unwinding : public testing::Test {
protected:
    void SetUp() override {
        made = test::MadeTypes::make();
        if (!made) GTEST_SKIP() << "no C compiler here";
    }
    Registers registers(const Architecture& architecture, std::uint64_t pc, std::uint64_t sp) const {
        Registers start;
        start.pc = pc;
        start.general[architecture.sp] = sp;
        return start;
    }
    Stack by_records(const Architecture& architecture, const Memory& memory, const Registers& start) const {
        Unwinder::Rules rules;
        rules.trusted.push_back([&](const Registers& frame, bool) {
            return step_by_frame_record(made->types(), memory, architecture, frame);
        });
        rules.is_code = [](std::uint64_t pc) { return pc >= code && pc < code + 0x10000; };
        return Unwinder(architecture, rules).unwind(start, false);
    }

    std::unique_ptr<test::MadeTypes> made;
};

// arch/powerpc/kernel/process.c: show_stack()
TEST_F(Unwinding, BackChainOfPpc64GoesThroughAnInterrupt) {
    const Architecture& ppc64 = *architecture_of(EM_PPC64);
    test::MadeMemory memory(true);
    const auto frame = [&](std::uint64_t at, std::uint64_t outer, std::uint64_t saved_lr) {
        memory.put(at, outer);
        memory.put(at + 16, saved_lr);
    };
    frame(stack, stack + 0x80, 0);
    frame(stack + 0x80, stack + 0x400, code + 0x200);   // returns into the entry code, whose frame is marked
    memory.put(stack + 0x80 + 96, 0x7265677368657265);  // "regshere"
    const std::uint64_t regs = stack + 0x80 + 112;
    for (std::size_t at = 0; at < sizeof(structures::pt_regs); at += 8) memory.put(regs + at, 0);
    memory.put(regs + offsetof(structures::pt_regs, nip), code + 0x310);
    memory.put(regs + offsetof(structures::pt_regs, gpr[1]), stack + 0x400);
    frame(stack + 0x400, stack + 0x500, 0);
    frame(stack + 0x500, 0, code + 0x420);

    const Stack found = by_records(ppc64, memory.memory(), registers(ppc64, code + 0x100, stack));
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x100, code + 0x200, code + 0x310, code + 0x420));
    EXPECT_EQ(found.broken, "");
    EXPECT_TRUE(found.frames[2].exact);
    EXPECT_EQ(found.frames[2].pt_regs, regs);
    EXPECT_FALSE(found.frames[3].exact);
}

// arch/powerpc/kernel/irq.c: call_do_softirq()
TEST_F(Unwinding, BackChainOfPpc64LeavesTheInterruptStack) {
    const Architecture& ppc64 = *architecture_of(EM_PPC64);
    test::MadeMemory memory(true);
    const std::uint64_t other = stack - 0x100000;
    memory.put(other, other + 0x80);  // handle_softirqs
    memory.put(other + 0x80, stack);  // do_softirq_own_stack, on the interrupt stack
    memory.put(other + 0x80 + 16, code + 0x200);
    memory.put(stack, stack + 0x60);  // and on the task's
    memory.put(stack + 16, 0x1234);   // of an earlier callee
    memory.put(stack + 0x60, 0);
    memory.put(stack + 0x60 + 16, code + 0x300);
    const Stack found = by_records(ppc64, memory.memory(), registers(ppc64, code + 0x100, other));
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x100, code + 0x200, code + 0x300));
    EXPECT_EQ(found.broken, "");
}

// arch/x86/include/asm/frame.h: ENCODE_FRAME_POINTER. Without CONFIG_FRAME_POINTER such a chain is chance: the
// frames behind it are marked.
TEST_F(Unwinding, FramePointersOfX86AreFollowedThroughAnExceptionAsAGuess) {
    const Architecture& x86 = *architecture_of(EM_X86_64);
    test::MadeMemory made_memory(false);
    const std::uint64_t regs = stack + 0x100;
    made_memory.put(stack + 0x20, regs | 1);  // pushed by the exception's handler, whose caller is the entry code
    made_memory.put(stack + 0x28, code + 0x200);
    for (std::size_t at = 0; at < sizeof(structures::pt_regs); at += 8) made_memory.put(regs + at, 0);
    made_memory.put(regs + offsetof(structures::pt_regs, ip), code + 0x310);
    made_memory.put(regs + offsetof(structures::pt_regs, cs), 0x10);
    made_memory.put(regs + offsetof(structures::pt_regs, sp), stack + 0x400);
    made_memory.put(regs + offsetof(structures::pt_regs, bp), stack + 0x440);
    made_memory.put(stack + 0x440, stack + 0x500);
    made_memory.put(stack + 0x448, code + 0x420);
    made_memory.put(stack + 0x500, 0);
    made_memory.put(stack + 0x508, 0);
    const Memory memory = made_memory.memory();
    Registers start = registers(x86, code + 0x100, stack);
    start.general[x86.frame_pointer] = stack + 0x20;
    Unwinder::Rules rules;
    rules.guess = [&](const Registers& frame, bool) {
        return step_by_frame_record(made->types(), memory, x86, frame);
    };
    rules.is_code = [](std::uint64_t pc) { return pc >= code && pc < code + 0x10000; };
    const Stack found = Unwinder(x86, rules).unwind(start, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x100, code + 0x200, code + 0x310, code + 0x420));
    EXPECT_EQ(found.broken, "");
    ASSERT_EQ(found.frames.size(), 4u);
    EXPECT_TRUE(found.frames[0].reliable);
    EXPECT_FALSE(found.frames[1].reliable);
    EXPECT_EQ(found.frames[2].pt_regs, regs);
    EXPECT_FALSE(found.frames[3].reliable);
}

TEST_F(Unwinding, FrameRecordsOfArm64LoseTheirPointerAuthenticationCode) {
    const Architecture& arm64 = *architecture_of(EM_AARCH64);
    test::MadeMemory memory(false);
    memory.put(stack + 0x10, stack + 0x40);
    memory.put(stack + 0x18, (code + 0x20) & 0x00bfffffffffffff);  // bit 55 stays: a kernel's address
    memory.put(stack + 0x40, 0);
    memory.put(stack + 0x48, 0);
    Registers start = registers(arm64, code + 8, stack);
    start.general[29] = stack + 0x10;
    const Stack found = by_records(arm64, memory.memory(), start);
    EXPECT_THAT(pcs(found), ElementsAre(code + 8, code + 0x20));
    EXPECT_EQ(found.broken, "");
}

TEST_F(Unwinding, CircleEnds) {
    const Architecture& x86 = *architecture_of(EM_X86_64);
    test::MadeMemory memory(false);
    memory.put(stack, stack + 0x20);
    memory.put(stack + 8, code + 1);
    memory.put(stack + 0x20, stack);
    memory.put(stack + 0x28, code + 2);
    Registers start = registers(x86, code, stack - 8);
    start.general[6] = stack;
    const Stack found = by_records(x86, memory.memory(), start);
    EXPECT_EQ(found.broken, "it runs in a circle");
    EXPECT_LT(found.frames.size(), 32u);
}

TEST_F(Unwinding, EndlessChainEndsAtTheLimit) {
    const Architecture& ppc64 = *architecture_of(EM_PPC64);
    const Memory endless(
        [](std::uint64_t address, std::span<std::byte> out) {
            const std::uint64_t word = address % 32 == 0 ? address + 32 : code + 4;
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<std::byte>((address % 32 == 0 ? address + i / 32 * 32 + 32 : word) >>
                                                (8 * (7 - i % 8)));
            return out.size() <= 8;
        },
        true);
    const Stack found = by_records(ppc64, endless, registers(ppc64, code, stack));
    EXPECT_EQ(found.frames.size(), Unwinder::most_frames);
    EXPECT_NE(found.broken, "");
}

TEST_F(Unwinding, MissingMemoryAndWildAddressesAreSaid) {
    const Architecture& x86 = *architecture_of(EM_X86_64);
    test::MadeMemory memory(false);
    Registers start = registers(x86, code, stack);
    start.general[6] = stack;
    EXPECT_EQ(by_records(x86, memory.memory(), start).broken, "nothing says how to go on from there");
    memory.put(stack, stack + 0x20);
    memory.put(stack + 8, 0x1234);
    EXPECT_EQ(by_records(x86, memory.memory(), start).broken, "what should be a return address is none");
    EXPECT_THAT(by_records(x86, memory.memory(), registers(x86, 0x1234, stack)).frames, IsEmpty());
}

// arch/x86/kernel/unwind_orc.c: unwind_next_frame()
class Orc : public Unwinding {
protected:
    enum Register { undefined = 0, prev_sp = 1, bp = 4, sp = 5, sp_indirect = 9 };
    enum Type { call = 0, regs = 1, regs_partial = 2 };

    void entry(std::uint64_t from, std::int64_t sp_offset, Register base, Type type, bool end = false) {
        const std::uint64_t place = places + 4 * count, at = entries + sizeof(structures::orc_entry) * count;
        memory.put(place, from - place, 4);
        memory.put(at, static_cast<std::uint64_t>(sp_offset), 2);
        memory.put(at + 2, 0, 2);
        memory.put(at + 4, static_cast<unsigned>(base) | static_cast<unsigned>(type) << 8 | (end ? 1u : 0u) << 10,
                   2);
        ++count;
    }
    Stack unwind(std::uint64_t pc, bool exact) {
        const Memory view = memory.memory();
        const Architecture& x86 = *architecture_of(EM_X86_64);
        const OrcUnwinder orc(made->types(), view, x86, {{code, code + 0x10000, places, entries, count}},
                              null_entry);
        Unwinder::Rules rules;
        rules.trusted.push_back([&](const Registers& frame, bool is_exact) { return orc.step(frame, is_exact); });
        rules.is_code = [](std::uint64_t at) { return at >= code && at < code + 0x10000; };
        return Unwinder(x86, rules).unwind(registers(x86, pc, stack), exact);
    }

    static constexpr std::uint64_t places = 0xffffffff82000000, entries = 0xffffffff82001000;
    std::uint64_t count = 0;
    std::optional<std::uint64_t> null_entry;
    test::MadeMemory memory{false};
};

TEST_F(Orc, CallsExceptionsAndTheEndOfTheStack) {
    entry(code, 8, sp, call);
    entry(code + 0x100, 0, sp, regs);  // an exception's entry: pt_regs lies at sp
    entry(code + 0x200, 24, sp, call);
    entry(code + 0x300, 0, undefined, call, true);
    memory.put(stack, code + 0x105);
    const std::uint64_t saved = stack + 8;
    for (std::size_t at = 0; at < sizeof(structures::pt_regs); at += 8) memory.put(saved + at, 0);
    memory.put(saved + offsetof(structures::pt_regs, ip), code + 0x200);  // interrupted at its first instruction
    memory.put(saved + offsetof(structures::pt_regs, cs), 0x10);
    memory.put(saved + offsetof(structures::pt_regs, sp), stack + 0x1000);
    memory.put(stack + 0x1000 + 16, code + 0x301);

    const Stack found = unwind(code + 0x10, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x10, code + 0x105, code + 0x200, code + 0x301));
    EXPECT_EQ(found.broken, "");
    EXPECT_TRUE(found.frames[2].exact);
    EXPECT_EQ(found.frames[2].pt_regs, saved);
}

// call_on_irqstack(): the top of the interrupt stack has the task's stack pointer.
TEST_F(Orc, InterruptStackLeadsToTheTasks) {
    const std::uint64_t task = stack - 0x8000;  // lower than the interrupt stack: one change of stacks
    entry(code, 8, sp, call);
    entry(code + 0x100, 8, sp_indirect, call);
    entry(code + 0x300, 0, undefined, call, true);
    memory.put(stack, code + 0x105);
    memory.put(stack + 8, task);
    memory.put(task, code + 0x301);
    const Stack found = unwind(code + 0x10, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x10, code + 0x105, code + 0x301));
    EXPECT_EQ(found.broken, "");
}

// Since 6.4 the type has three bits, says the end itself, and "signal" stands behind it.
TEST_F(Orc, EntriesSince6_4) {
    made = test::MadeTypes::make("-g -DORC_SINCE_6_4");
    ASSERT_TRUE(made);
    enum { end_of_stack = 1, a_call = 2, all_regs = 3 };
    const auto since_6_4 = [&](std::uint64_t from, std::int64_t sp_offset, Register base, unsigned type,
                               bool signal) {
        entry(from, sp_offset, base, call);
        memory.put(entries + sizeof(structures::orc_entry) * (count - 1) + 4,
                   static_cast<unsigned>(base) | type << 8 | (signal ? 1u : 0u) << 11, 2);
    };
    since_6_4(code, 8, sp, a_call, false);
    since_6_4(code + 0x100, 0, sp, all_regs, true);
    since_6_4(code + 0x200, 24, sp, a_call, false);
    since_6_4(code + 0x300, 0, undefined, end_of_stack, false);
    memory.put(stack, code + 0x105);
    const std::uint64_t saved = stack + 8;
    for (std::size_t at = 0; at < sizeof(structures::pt_regs); at += 8) memory.put(saved + at, 0);
    memory.put(saved + offsetof(structures::pt_regs, ip), code + 0x200);
    memory.put(saved + offsetof(structures::pt_regs, cs), 0x10);
    memory.put(saved + offsetof(structures::pt_regs, sp), stack + 0x1000);
    memory.put(stack + 0x1000 + 16, code + 0x301);
    const Stack found = unwind(code + 0x10, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x10, code + 0x105, code + 0x200, code + 0x301));
    EXPECT_EQ(found.broken, "");
}

enum class Since72 : unsigned { none = 0, ax = 1, sp = 3, bp = 4, prev_sp = 8, sp_indirect = 9 };

// 7.2 has other numbers for the registers; null_orc_entry says which is sp's.
TEST_F(Orc, NumbersOfRegistersAreTheKernelsOwn) {
    made = test::MadeTypes::make("-g -DORC_SINCE_6_4");
    ASSERT_TRUE(made);
    const auto put = [&](std::uint64_t at, std::int64_t sp_offset, Since72 base, Since72 frame_pointer,
                         unsigned type) {
        memory.put(at, static_cast<std::uint64_t>(sp_offset), 2);
        memory.put(at + 2, static_cast<std::uint64_t>(-16), 2);
        memory.put(at + 4, static_cast<unsigned>(base) | static_cast<unsigned>(frame_pointer) << 4 | type << 8, 2);
    };
    const auto add = [&](std::uint64_t from, std::int64_t sp_offset, Since72 base, Since72 frame_pointer) {
        memory.put(places + 4 * count, from - (places + 4 * count), 4);
        const unsigned end_of_stack = 1, a_call = 2;
        put(entries + sizeof(structures::orc_entry) * count++, sp_offset, base, frame_pointer,
            base == Since72::none ? end_of_stack : a_call);
    };
    null_entry = entries + 0x800;
    put(*null_entry, 8, Since72::sp, Since72::none, 2);
    add(code, 24, Since72::sp, Since72::prev_sp);               // pushes bp
    add(code + 0x100, 16, Since72::bp, Since72::prev_sp);       // has a frame pointer
    add(code + 0x200, 8, Since72::sp_indirect, Since72::none);  // on an interrupt stack
    add(code + 0x300, 0, Since72::none, Since72::none);
    memory.put(stack + 8, stack + 0x40);  // bp of the caller
    memory.put(stack + 16, code + 0x101);
    memory.put(stack + 0x40, 0);
    memory.put(stack + 0x48, code + 0x201);
    memory.put(stack + 0x50, stack + 0x800);  // the task's stack
    memory.put(stack + 0x800, code + 0x301);
    const Stack found = unwind(code + 0x10, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x10, code + 0x101, code + 0x201, code + 0x301));
    EXPECT_EQ(found.broken, "");
}

TEST_F(Orc, UserSpaceIsTheEnd) {
    entry(code, 0, sp, regs);
    for (std::size_t at = 0; at < sizeof(structures::pt_regs); at += 8) memory.put(stack + at, 0);
    memory.put(stack + offsetof(structures::pt_regs, ip), 0x45ebc3);
    memory.put(stack + offsetof(structures::pt_regs, cs), 0x33);
    memory.put(stack + offsetof(structures::pt_regs, sp), 0x7ffcfa49d868);
    const Stack found = unwind(code + 0x10, true);
    EXPECT_THAT(pcs(found), ElementsAre(code + 0x10));
    EXPECT_EQ(found.broken, "");
}

}  // namespace
}  // namespace stallsight
