// Against the captures' two dumps of one machine; crash-oracle.txt and monitor.txt beside them are the truth.
#include "parsers/vmcore/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "tests/support/captured_dump.h"
#include "tests/support/made_dump.h"

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

Result<Dump> open_files(const std::vector<std::string>& files) {
    std::vector<DumpFile> parts;
    for (const std::string& file : files)
        parts.push_back({"part " + std::to_string(parts.size() + 1), Bytes::own(file), ""});
    return Dump::open(parts);
}

MadeDump with_a_word(MadeDump::Machine machine) {
    MadeDump made(machine);
    made.number(0x30000, 4, 0xfeedface);
    return made;
}

class MadeDumps : public testing::TestWithParam<MadeDump::Machine> {};

TEST_P(MadeDumps, AreReadInEachFormat) {
    const MadeDump made = with_a_word(GetParam());
    for (const std::string& file : {made.elf(), made.kdump()}) {
        const auto dump = open_files({file});
        ASSERT_TRUE(dump) << dump.error().text();
        EXPECT_EQ(dump->vmcoreinfo().value("OSRELEASE"), "5.4.0-made");
        EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), 0xfeedface) << dump->failure();
        EXPECT_THAT(dump->problems(), testing::IsEmpty());
    }
}

TEST_P(MadeDumps, OfSeveralFilesAreOne) {
    const MadeDump made = with_a_word(GetParam());
    const auto dump = open_files({made.kdump(40, 64), made.kdump(0, 40)});
    ASSERT_TRUE(dump) << dump.error().text();
    EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), 0xfeedface) << dump->failure();
    EXPECT_THAT(dump->problems(), testing::IsEmpty());
}

TEST_P(MadeDumps, SayWhichPartIsMissing) {
    const MadeDump made = with_a_word(GetParam());
    const auto dump = open_files({made.kdump(0, 40)});
    ASSERT_TRUE(dump) << dump.error().text();
    ASSERT_EQ(dump->problems().size(), 1);
    EXPECT_EQ(dump->problems()[0].text(), "part 1: a part of the split dump is missing: the one with page 40");
    EXPECT_FALSE(dump->read_number(made.base() + 0x30000, 4));
}

TEST_P(MadeDumps, ThatEndEarlyAreReadAsFarAsTheyGo) {
    MadeDump made = with_a_word(GetParam());
    made.number(0x20000, 4, 0xcafe);
    for (const std::string& file : {made.elf(), made.kdump()}) {
        const auto dump = open_files({file.substr(0, file.size() - 0x18000)});
        ASSERT_TRUE(dump) << dump.error().text();
        ASSERT_EQ(dump->problems().size(), 1);
        EXPECT_EQ(dump->problems()[0].text(), "part 1: ends early: 98304 bytes of it are missing");
        EXPECT_EQ(dump->read_number(made.base() + 0x20000, 4), 0xcafe) << dump->failure();
        EXPECT_FALSE(dump->read_number(made.base() + 0x30000, 4));
        EXPECT_EQ(dump->failure(), "the file ends before this page");
    }
}

// QEMU 7.2 names few machines in a kdump header; the size of the registers' note tells it.
TEST_P(MadeDumps, AreOfAMachineThoughTheHeaderDoesNotNameIt) {
    MadeDump made = with_a_word(GetParam());
    made.registers(0);
    std::string file = made.kdump();
    file.replace(12 + 4 * 65, 8, std::string("Unknown\0", 8));
    const auto dump = open_files({file});
    ASSERT_TRUE(dump) << dump.error().text();
    EXPECT_EQ(dump->arch(), GetParam() == MadeDump::Machine::ppc64 ? "ppc64" : "x86_64");
    EXPECT_EQ(dump->cpus().size(), 1u);
    EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), 0xfeedface) << dump->failure();
}

INSTANTIATE_TEST_SUITE_P(Machines, MadeDumps, testing::Values(MadeDump::Machine::x86_64, MadeDump::Machine::ppc64),
                         name_of_machine);

// QEMU's dump-guest-memory on a machine without the vmcoreinfo device.
TEST(Dump, FindsVmcoreinfoInMemoryWhereTheFileHasNone) {
    MadeDump made = with_a_word(MadeDump::Machine::x86_64);
    made.bytes(0x5000, made.take_vmcoreinfo());
    const auto dump = made.open();
    ASSERT_TRUE(dump) << dump.error().text();
    EXPECT_EQ(dump->vmcoreinfo().value("OSRELEASE"), "5.4.0-made");
    EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), 0xfeedface) << dump->failure();
}

// QEMU 7.2 on x86 writes a section header of a big-endian dump in its own byte order.
TEST(Dump, IsReadThoughItsSectionHeadersAreDamaged) {
    const MadeDump made = with_a_word(MadeDump::Machine::ppc64);
    std::string file = made.elf();
    const std::uint64_t table = file.size();
    file += std::string(64, '\0') + std::string(32, '\0') + std::string("\x0b\0\0\0\0\0\0\0", 8) +
            std::string(24, '\0');
    const auto put = [&](std::size_t at, std::size_t size, std::uint64_t value) {
        for (std::size_t i = 0; i < size; ++i) file[at + size - 1 - i] = static_cast<char>(value >> 8 * i);
    };
    put(40, 8, table);  // e_shoff
    put(58, 2, 64);     // e_shentsize
    put(60, 2, 2);      // e_shnum
    put(62, 2, 1);      // e_shstrndx
    const auto dump = open_files({file});
    ASSERT_TRUE(dump) << dump.error().text();
    EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), 0xfeedface) << dump->failure();
}

// QEMU 7.2 writes big-endian dumps of little-endian ppc64.
TEST(Dump, HasTheByteOrderThatTheKernelSays) {
    for (const bool little : {false, true}) {
        MadeDump made = with_a_word(MadeDump::Machine::ppc64);
        made.symbol("init_uts_ns", 0x6000);
        made.info("OFFSET(uts_namespace.name)=4");
        made.bytes(0x6004 + 4 * 65, little ? "ppc64le" : "ppc64");
        const auto dump = made.open();
        ASSERT_TRUE(dump) << dump.error().text();
        EXPECT_EQ(dump->big_endian(), !little);
        EXPECT_EQ(dump->read_number(made.base() + 0x30000, 4), little ? 0xcefaedfe : 0xfeedface);
    }
}

// 48 MiB are several looks at whether to go on.
TEST(Dump, SearchForVmcoreinfoTellsHowFarItIsAndCanBeCancelled) {
    MadeDump made(MadeDump::Machine::x86_64, std::size_t{48} << 20U);
    made.take_vmcoreinfo();
    for (const bool cancel : {false, true}) {
        std::vector<double> done;
        Progress progress;
        progress.report = [&](const std::string&, double part) {
            done.push_back(part);
            progress.cancelled = cancel;
        };
        ASSERT_TRUE(Dump::open({{"made", Bytes::own(made.elf()), ""}}, progress));
        EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
        EXPECT_EQ(done.size() == 1, cancel) << done.size();
    }
}

TEST(Dump, SaysThatThereIsNoVmcoreinfo) {
    MadeDump made(MadeDump::Machine::x86_64);
    made.take_vmcoreinfo();
    const auto dump = made.open();
    ASSERT_TRUE(dump) << dump.error().text();
    ASSERT_EQ(dump->problems().size(), 1);
    EXPECT_EQ(dump->problems()[0].text(), "made: has no vmcoreinfo, and none was found in its memory");
}

}  // namespace
}  // namespace stallsight
