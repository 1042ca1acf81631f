// Against the captures' two dumps of one machine; crash-oracle.txt and monitor.txt beside them are the truth.
#include "parsers/vmcore/dump.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <span>

#include "tests/support/captured_dump.h"

namespace stallsight {
namespace {

class CapturedDump : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(captured_dumps)) {
            GTEST_SKIP() << "no captures at " << captured_dumps;
        }
    }
};

TEST_P(CapturedDump, TellsItsMachine) {
    const auto dump = open_dump(captured_dumps / GetParam());
    ASSERT_TRUE(dump) << dump.error().text();
    EXPECT_EQ(dump->arch(), "x86_64");
    EXPECT_FALSE(dump->big_endian());
    EXPECT_EQ(dump->vmcoreinfo().value("OSRELEASE"), "6.1.192-caplab");
    EXPECT_EQ(dump->vmcoreinfo().kernel_offset(), 0x3be00000);
    EXPECT_EQ(dump->vmcoreinfo().number("phys_base"), -975175680);
    EXPECT_EQ(dump->vmcoreinfo().offset("printk_info.ts_nsec"), 8);
    EXPECT_EQ(dump->vmcoreinfo().size("prb_desc"), 24);
    EXPECT_EQ(dump->vmcoreinfo().length("zone.free_area"), 11);
    EXPECT_TRUE(dump->problems().empty());
}

// Each kind of mapping: kernel text and data, the direct map, vmalloc's area, a module.
TEST_P(CapturedDump, ReadsKernelVirtualMemory) {
    const auto dump = open_dump(captured_dumps / GetParam());
    ASSERT_TRUE(dump) << dump.error().text();
    std::array<char, 5> sysname{};
    EXPECT_TRUE(dump->read(dump->vmcoreinfo().symbol("init_uts_ns").value_or(0),
                           std::as_writable_bytes(std::span(sysname))));
    EXPECT_EQ(std::string_view(sysname.data(), sysname.size()), "Linux");
    const std::uint64_t mem_section = dump->vmcoreinfo().symbol("mem_section").value_or(0);
    EXPECT_TRUE(dump->read_pointer(mem_section)) << dump->failure();
    // The first module of crash's `mod` was loaded first: behind it in the list comes the list's head.
    const std::uint64_t modules = 0xffffffff81b01aa0 + 0x3be00000;
    const std::uint64_t virtio_ring = 0xffffffffc026c100;
    EXPECT_EQ(dump->read_pointer(virtio_ring + 8), modules) << dump->failure();
    EXPECT_FALSE(dump->read_pointer(0xdead000000000100));
    EXPECT_FALSE(dump->failure().empty());
}

// monitor.txt: info registers -a.
TEST_P(CapturedDump, HasTheRegistersOfEachCpu) {
    const auto dump = open_dump(captured_dumps / GetParam());
    ASSERT_TRUE(dump) << dump.error().text();
    ASSERT_EQ(dump->cpus().size(), 4);
    EXPECT_EQ(dump->cpus()[1].value("rip"), 0xffffffffbce35add);
    EXPECT_EQ(dump->cpus()[1].value("rsp"), 0xffffb6abc01b3ed0);
    EXPECT_EQ(dump->cpus()[3].value("rbp"), 0xffffa1cc001f8000);
    EXPECT_FALSE(dump->cpus()[1].value("no such register"));
}

INSTANTIATE_TEST_SUITE_P(Captures, CapturedDump, testing::ValuesIn(captured_dump_names));

}  // namespace
}  // namespace stallsight
