// A linked kernel: its debug info has been relocated, and keeps its relocations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "symbolizer/elf_file.h"
#include "symbolizer/symbol_table.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {
namespace {

using testing::ElementsAre;

const std::string kernel_path = std::string(STALLSIGHT_BIN_DIR) + "/test_kernel";

std::vector<std::string> lines_of(const Resolution& answer) {
    std::vector<std::string> lines;
    for (const SourcePlace& at : answer.places)
        lines.push_back(at.function + " " + at.file.substr(at.file.rfind('/') + 1) + ":" + std::to_string(at.line));
    return lines;
}

class Kernel : public testing::Test {
protected:
    void SetUp() override {
        const auto bytes = Bytes::map_file(kernel_path);
        ASSERT_TRUE(bytes);
        ASSERT_TRUE(symbolizer.add("vmlinux", *bytes));
        elf = std::move(*ElfFile::open("vmlinux", *bytes));
        symbols.emplace(*elf);
    }

    // The return address of the `number`th call in a function, as a stack would have it.
    CodePlace call_in(const Symbol& function, int number) const {
        CodePlace place;
        place.function = function.name;
        place.size = function.span;
        int calls = 0;
        for (place.offset = 1; place.offset <= function.size; ++place.offset) {
            const auto answer = symbolizer.resolve(place);
            if (answer && answer->call_site == CallSite::direct && ++calls == number) break;
        }
        return place;
    }

    Symbolizer symbolizer;
    std::unique_ptr<ElfFile> elf;
    std::optional<SymbolTable> symbols;
};

TEST_F(Kernel, IsDescribed) {
    EXPECT_EQ(symbolizer.files()[0].module, "vmlinux");
    EXPECT_EQ(symbolizer.files()[0].banner, "Linux version 6.1.0-fixture (x@y) #1 SMP");
    EXPECT_TRUE(symbolizer.has_module(""));
    const auto kept = elf->section_named(".rela.debug_info");
    EXPECT_NE(kept, nullptr) << "the fixture should keep its relocations";
}

TEST_F(Kernel, HasItsInlinedCallersAndItsTailCalls) {
    const auto caller = symbols->named("caller");
    ASSERT_EQ(caller.size(), 1u);
    CodePlace first = call_in(*caller[0], 1);
    first.callee = "leaf";
    const auto answer = symbolizer.resolve(first);
    ASSERT_TRUE(answer);
    EXPECT_THAT(lines_of(*answer), ElementsAre("inlined main.cxx:13", "caller main.cxx:23"));
    EXPECT_EQ(answer->link, CallLink::proved);
    CodePlace second = call_in(*caller[0], 2);
    second.callee = "leaf";
    const auto jumped = symbolizer.resolve(second);
    ASSERT_TRUE(jumped);
    EXPECT_EQ(jumped->call_target, "tail_caller");
    EXPECT_EQ(jumped->link, CallLink::tail_call);
    EXPECT_THAT(jumped->tail_path, ElementsAre("tail_caller"));
    second.callee = "show_one";
    EXPECT_EQ(symbolizer.resolve(second)->link, CallLink::contradicted);
}

TEST_F(Kernel, TellsFunctionsOfOneNameApartBySize) {
    const auto shows = symbols->named("type_show");
    ASSERT_EQ(shows.size(), 2u);
    ASSERT_NE(shows[0]->span, shows[1]->span);
    const auto one = symbolizer.resolve(call_in(*shows[0], 1)), two = symbolizer.resolve(call_in(*shows[1], 1));
    ASSERT_TRUE(one && two);
    EXPECT_THAT(lines_of(*one), ElementsAre("type_show one.cxx:8"));
    EXPECT_THAT(lines_of(*two), ElementsAre("type_show two.cxx:8"));
    EXPECT_EQ(one->doubt, "");
    CodePlace either = call_in(*shows[0], 1);
    either.size.reset();
    EXPECT_EQ(symbolizer.resolve(either)->doubt, "");  // the other one calls nothing there
    either.return_address = false;
    EXPECT_THAT(symbolizer.resolve(either)->doubt, testing::StartsWith("2 functions of this name fit: also "));
    EXPECT_THAT(symbolizer.resolve(either)->doubt, testing::HasSubstr(".cxx:"));
}

TEST_F(Kernel, IsFoundWhereverItRan) {
    const auto caller = symbols->named("caller");
    ASSERT_EQ(caller.size(), 1u);
    const CodePlace linked = call_in(*caller[0], 1);
    const std::uint64_t slide = 0x3be00000;
    CodePlace ran = linked;
    ran.address = caller[0]->address + linked.offset + slide;
    EXPECT_EQ(kernel_offset(ran, *symbolizer.resolve(ran)), slide);
    CodePlace stack_entry;  // as crash prints it
    stack_entry.function = "caller";
    stack_entry.address = ran.address;
    stack_entry.offset_known = false;
    EXPECT_EQ(lines_of(*symbolizer.resolve(stack_entry)), lines_of(*symbolizer.resolve(linked)));
    CodePlace bare;
    bare.address = ran.address;
    bare.kernel_offset = slide;
    EXPECT_EQ(lines_of(*symbolizer.resolve(bare)), lines_of(*symbolizer.resolve(linked)));
    bare.kernel_offset = 0;
    EXPECT_FALSE(symbolizer.resolve(bare));
}

}  // namespace
}  // namespace stallsight
