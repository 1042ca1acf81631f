// Call frame information, as the assembler writes it, of a kernel that lies elsewhere than it was linked and of a
// module.
#include "symbolizer/unwind/cfi.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "symbolizer/unwind/unwinder.h"
#include "tests/support/made_memory.h"
#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

using testing::ElementsAre;

constexpr unsigned rbx = 3;  // DWARF's number
constexpr std::uint64_t linked = 0xffffffff81000000, stack = 0xffffc90000010000;
constexpr std::uint64_t in_outer = 0x20, in_inner = 0x50, in_entry = 0x85;  // frames.s

struct Kind {
    const char* name;
    const char* build;   // from frames.s to %o
    std::uint64_t text;  // where its .text lies in memory
};

class CallFrames : public testing::TestWithParam<Kind> {
protected:
    void SetUp() override {
        const std::string path = (folder_.path() / "frames").string();
        std::string command =
            "cd " + test::quoted(STALLSIGHT_SOURCE_DIR "/tests/symbolizer/unwind") + " && " + GetParam().build;
        for (std::size_t at = 0; (at = command.find("%o")) != command.npos;) command.replace(at, 2, path);
        if (!test::run(command).empty()) GTEST_SKIP() << "no assembler for x86-64 here";
        const auto bytes = Bytes::map_file(path);
        ASSERT_TRUE(bytes);
        auto file = ElfFile::open("frames", *bytes, path);
        ASSERT_TRUE(file) << file.error().text();
        file_ = std::move(*file);
        const ElfSection* section = file_->section_named(".text");
        ASSERT_NE(section, nullptr);
        region_ = {text(), text() + section->size, file_.get(), text() - section->address};
    }

    [[nodiscard]] std::uint64_t text() const { return GetParam().text; }
    [[nodiscard]] Registers at(std::uint64_t pc, std::uint64_t sp) const {
        Registers frame;
        frame.pc = pc;
        frame.general[x86_.sp] = sp;
        frame.general[rbx] = 1;
        return frame;
    }

    const Architecture& x86_ = *architecture_of(EM_X86_64);
    test::TemporaryFolder folder_;
    std::unique_ptr<ElfFile> file_;
    CodeRegion region_;
    test::MadeMemory memory_{false};
};

TEST_P(CallFrames, LeadToTheCallers) {
    memory_.put(stack + 32, 0xb);  // %rbx of outer
    memory_.put(stack + 40, text() + in_outer);
    memory_.put(stack + 48 + 16, 0xbb);  // and of its caller
    memory_.put(stack + 48 + 24, text() + 0x1000);
    const Memory memory = memory_.memory();
    const CfiUnwinder cfi(memory, x86_, {region_});
    const auto outer = cfi.step(at(text() + in_inner, stack), true);
    ASSERT_TRUE(outer);
    EXPECT_EQ(outer->to, UnwindStep::To::caller);
    EXPECT_EQ(outer->registers.pc, text() + in_outer);
    EXPECT_EQ(outer->registers.general[x86_.sp], stack + 48);
    EXPECT_EQ(outer->registers.general[rbx], 0xbu);
    const auto caller = cfi.step(outer->registers, false);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->registers.pc, text() + 0x1000);
    EXPECT_EQ(caller->registers.general[x86_.sp], stack + 48 + 32);
    EXPECT_EQ(caller->registers.general[rbx], 0xbbu);
    EXPECT_FALSE(cfi.step(caller->registers, false)) << "no code of this file";
}

// What an exception saved lies on its own stack; the interrupted stack pointer is among it.
TEST_P(CallFrames, OfAnExceptionLeadToTheInterruptedPlace) {
    const std::uint64_t interrupted = stack + 0x4000;
    memory_.put(stack, text() + in_inner);
    memory_.put(stack + 24, interrupted);
    memory_.put(interrupted + 32, 0xb);
    memory_.put(interrupted + 40, 0);  // outermost
    const Memory memory = memory_.memory();
    const CfiUnwinder cfi(memory, x86_, {region_});
    Unwinder::Rules rules;
    rules.trusted.push_back([&](const Registers& frame, bool exact) { return cfi.step(frame, exact); });
    rules.is_code = [&](std::uint64_t pc) { return pc >= region_.low && pc < region_.high; };
    const Stack found = Unwinder(x86_, rules).unwind(at(text() + in_entry, stack), false);
    ASSERT_EQ(found.frames.size(), 2u) << found.broken;
    EXPECT_EQ(found.frames[1].pc, text() + in_inner);
    EXPECT_EQ(found.frames[1].sp, interrupted);
    EXPECT_TRUE(found.frames[1].exact);
    EXPECT_EQ(found.broken, "");
}

INSTANTIATE_TEST_SUITE_P(Files, CallFrames,
                         testing::Values(Kind{"kernel",
                                              "as frames.s -o %o.o && ld -e 0 -Ttext=0xffffffff81000000 %o.o -o %o",
                                              linked + 0x3be00000},
                                         Kind{"module", "as frames.s -o %o", 0xffffffffc0294000}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace stallsight
