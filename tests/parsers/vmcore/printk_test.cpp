#include "parsers/vmcore/printk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/captured_dump.h"
#include "tests/support/made_dump.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;

// What crash printed behind "crash> log".
std::string oracle_log() {
    std::ifstream file(captured_dumps / "crash-oracle.txt");
    std::string line;
    std::string log;
    bool inside = false;
    while (std::getline(file, line)) {
        if (line.starts_with("crash> "))
            inside = line == "crash> log";
        else if (inside)
            log += line + '\n';
    }
    return log;
}

// crash shows neither levels nor callers, indents the further lines of a record, and ends with an empty line.
std::string as_crash_prints(const PrintkLog& log) {
    std::string out;
    for (const PrintkRecord& record : log.records) {
        std::array<char, 64> stamp{};
        const int width = std::snprintf(stamp.data(), stamp.size(), "[%5llu.%06llu] ",
                                        static_cast<unsigned long long>(*record.nanoseconds / 1000000000),
                                        static_cast<unsigned long long>(*record.nanoseconds / 1000 % 1000000));
        out += stamp.data();
        for (const char c : record.text) {
            out += c;
            if (c == '\n') out.append(static_cast<std::size_t>(width), ' ');
        }
        out += '\n';
    }
    return out + '\n';
}

class CapturedLog : public testing::TestWithParam<const char*> {};

TEST_P(CapturedLog, IsByteForByteWhatCrashPrints) {
    if (!fs::exists(captured_dumps)) {
        GTEST_SKIP() << "no captures at " << captured_dumps;
    }
    const auto dump = open_dump(captured_dumps / GetParam());
    ASSERT_TRUE(dump) << dump.error().text();
    const auto log = read_printk(*dump);
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(log->records.size(), 3704);
    EXPECT_TRUE(as_crash_prints(*log) == oracle_log());
    EXPECT_TRUE(log->problems.empty());
}

INSTANTIATE_TEST_SUITE_P(Captures, CapturedLog, testing::ValuesIn(captured_dump_names));

// A dump with a printk log whose buffer stands at one place.
struct MadeLog {
    explicit MadeLog(MadeDump::Machine machine) : dump(machine) {}

    [[nodiscard]] Result<PrintkLog> read() const {
        const auto opened = dump.open();
        if (!opened) return tl::unexpected<Error>(opened.error());
        return read_printk(*opened);
    }

    static constexpr std::uint64_t buffer = 0x8000;
    MadeDump dump;
};

// struct printk_log of a kernel with CONFIG_PRINTK_CALLER, 64 bit.
class MadeLogBuf : public MadeLog {
public:
    explicit MadeLogBuf(MadeDump::Machine machine) : MadeLog(machine), big_(machine == MadeDump::Machine::ppc64) {
        dump.symbol("log_buf", 0x4000);
        dump.symbol("log_buf_len", 0x4008);
        dump.symbol("log_first_idx", 0x400c);
        dump.symbol("log_next_idx", 0x4010);
        for (const char* line : {"SIZE(printk_log)=24", "OFFSET(printk_log.ts_nsec)=0", "OFFSET(printk_log.len)=8",
                                 "OFFSET(printk_log.text_len)=10", "OFFSET(printk_log.dict_len)=12",
                                 "OFFSET(printk_log.caller_id)=16"})
            dump.info(line);
        dump.pointer(0x4000, buffer);
        dump.number(0x4008, 4, 4096);
    }

    void indexes(std::uint32_t first, std::uint32_t next) {
        dump.number(0x400c, 4, first);
        dump.number(0x4010, 4, next);
    }

    // Returns where the next record goes.
    std::uint32_t record(std::uint32_t at, std::uint64_t nanoseconds, int level, std::uint32_t caller,
                         const std::string& text) {
        const auto length = static_cast<std::uint32_t>((24 + text.size() + 7) / 8 * 8);
        dump.number(buffer + at, 8, nanoseconds);
        dump.number(buffer + at + 8, 2, length);
        dump.number(buffer + at + 10, 2, text.size());
        dump.number(buffer + at + 15, 1, big_ ? static_cast<unsigned>(level) : static_cast<unsigned>(level) << 5U);
        dump.number(buffer + at + 16, 4, caller);
        dump.bytes(buffer + at + 24, text);
        return at + length;
    }

private:
    bool big_;
};

class LogBuf : public testing::TestWithParam<MadeDump::Machine> {};

TEST_P(LogBuf, IsReadRoundItsEnd) {
    MadeLogBuf made(GetParam());
    made.record(4000, 1234567890, 4, 312, "the oldest");  // and behind it a record of length 0
    const std::uint32_t second = made.record(0, 2000000000, 6, 0x80000003, "two\nlines");
    made.indexes(4000, made.record(second, 3000000000, 0, 1, ""));
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(text_of(*log),
              "<4>[    1.234567][  T312] the oldest\n"
              "<6>[    2.000000][    C3] two\n"
              "<6>[    2.000000][    C3] lines\n"
              "<0>[    3.000000][    T1] \n");
    EXPECT_TRUE(log->problems.empty());
}

TEST_P(LogBuf, SaysWhereItIsDamaged) {
    MadeLogBuf made(GetParam());
    const std::uint32_t second = made.record(0, 1000000, 6, 1, "whole");
    made.indexes(0, made.record(second, 2000000, 6, 1, "cut"));
    made.dump.number(MadeLogBuf::buffer + second + 8, 2, 3);  // a record cannot be 3 bytes long
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    ASSERT_EQ(log->records.size(), 1);
    EXPECT_THAT(log->problems, testing::ElementsAre(testing::HasSubstr("at its byte " + std::to_string(second))));
}

TEST_P(LogBuf, WithImpossibleIndexesIsAnError) {
    MadeLogBuf made(GetParam());
    made.indexes(0xffffffff, 0);
    const auto log = made.read();
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().text(), testing::HasSubstr("made: the printk log's variables are damaged"));
}

INSTANTIATE_TEST_SUITE_P(Machines, LogBuf, testing::Values(MadeDump::Machine::x86_64, MadeDump::Machine::ppc64),
                         name_of_machine);

// The log of a kernel before 3.5, in a ring of characters.
class MadeText : public MadeLog {
public:
    explicit MadeText(MadeDump::Machine machine, std::uint64_t size = 64,
                      const std::function<void(MadeDump&)>& describe = {})
        : MadeLog(machine), size_(size) {
        if (describe) describe(dump);
        dump.symbol("log_buf", 0x4000);
        dump.symbol("log_buf_len", 0x4008);
        dump.symbol("log_end", 0x400c);
        dump.symbol("logged_chars", 0x4010);
        dump.pointer(0x4000, buffer);
        dump.number(0x4008, 4, size_);
    }

    // As emit_log_char() does.
    void print(const std::string& text) {
        for (const char c : text) dump.bytes(buffer + end_++ % size_, {&c, 1});
        dump.number(0x400c, 4, end_);
        dump.number(0x4010, 4, std::min(end_, size_));
    }
    // As `dmesg -c` does.
    void clear() { dump.number(0x4010, 4, 0); }

private:
    std::uint64_t size_, end_ = 0;
};

// makedumpfile reads such a log with vmcoreinfo alone, too, if it finds a release and where the memory's map is.
void please_makedumpfile(MadeDump& dump) {
    dump.take_vmcoreinfo();
    for (const char* line :
         {"OSRELEASE=2.6.32-made", "PAGESIZE=4096", "NUMBER(phys_base)=0", "SIZE(page)=64", "SIZE(pglist_data)=64",
          "SIZE(nodemask_t)=8", "OFFSET(page.flags)=0", "OFFSET(page._count)=8", "OFFSET(page.mapping)=16",
          "OFFSET(page.lru)=24", "OFFSET(pglist_data.node_zones)=0", "OFFSET(pglist_data.nr_zones)=8",
          "OFFSET(pglist_data.node_start_pfn)=16", "OFFSET(pglist_data.node_spanned_pages)=24",
          "LENGTH(free_area.free_list)=5", "NUMBER(NR_FREE_PAGES)=0", "NUMBER(PG_lru)=5"})
        dump.info(line);
    for (const char* table : {"swapper_pg_dir", "init_level4_pgt"}) dump.symbol(table, 0x1000);
    dump.symbol("_stext", 0);
    for (const char* variable : {"init_uts_ns", "node_online_map"}) dump.symbol(variable, 0x5000);
    dump.number(0x5000, 8, 1);
    dump.bytes(0x5004, "Linux");
    dump.bytes(0x5004 + 2 * 65, "2.6.32-made");  // struct new_utsname: release is the third
    dump.symbol("mem_map", 0x6000);
    dump.pointer(0x6000, 0x20000);
}

TEST(TextLog, IsByteForByteWhatMakedumpfileWrites) {
    if (std::system("command -v makedumpfile >/dev/null 2>&1") != 0) GTEST_SKIP() << "no makedumpfile here";
    MadeText made(MadeDump::Machine::x86_64, 4096, [](MadeDump& dump) { please_makedumpfile(dump); });
    for (int i = 0; i < 200; ++i) {
        std::array<char, 64> line{};
        std::snprintf(line.data(), line.size(), "<%d>[%5d.%06d] line %d of this log\n", i % 8, i, i * 7, i);
        made.print(line.data());
    }
    const test::TemporaryFolder folder;
    const std::string dump = folder.file("dump", made.dump.elf()), log = (folder.path() / "log").string();
    ASSERT_EQ(std::system(("makedumpfile --dump-dmesg " + dump + " " + log + " >/dev/null 2>&1").c_str()), 0);
    const auto ours = made.read();
    ASSERT_TRUE(ours) << ours.error().text();
    // Of the first line the prefix is overwritten: ours has the level that the kernel takes then.
    EXPECT_EQ(text_of(*ours), "<4>" + test::slurp(log));
    EXPECT_GT(ours->records.size(), 90u);
}

class TextLogs : public testing::TestWithParam<MadeDump::Machine> {};

TEST_P(TextLogs, IsReadWithLevelsAndStamps) {
    MadeText made(GetParam());
    made.print("<6>[    1.234567] Linux\n<30>[  100.000001] init\n<4>no stamp\n");
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(text_of(*log), "<6>[    1.234567] Linux\n<30>[  100.000001] init\n<4>no stamp\n");
    ASSERT_EQ(log->records.size(), 3u);
    EXPECT_EQ(log->records[1].facility, 3);
    EXPECT_EQ(log->records[1].level, 6);
    EXPECT_EQ(log->records[1].nanoseconds, 100000001000u);
    EXPECT_FALSE(log->records[2].nanoseconds);
    EXPECT_TRUE(log->problems.empty());
}

TEST_P(TextLogs, IsReadRoundItsEnd) {
    MadeText made(GetParam());
    made.print("<6>[    1.000000] this line is overwritten\n");
    made.print("<6>[    2.000000] whole\n");
    made.print("<3>[    3.000000] round the end\n<6>[    4");
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    // 64 characters in all: of the second line the first is overwritten, and so it has no level of its own any
    // more.
    EXPECT_EQ(text_of(*log), "<4>6>[    2.000000] whole\n<3>[    3.000000] round the end\n<6>[    4\n");
}

TEST_P(TextLogs, IsAllThereAfterDmesgCleared) {
    MadeText made(GetParam());
    made.print("<6>before\n");
    made.clear();
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(text_of(*log), "<6>before\n");
}

TEST_P(TextLogs, SaysWhatIsNotInTheDump) {
    MadeText made(GetParam());
    const std::uint64_t last_page = 0x3f000;  // a ring of two pages, the second of which is beyond the dump's end
    made.dump.pointer(0x4000, last_page);
    made.dump.number(0x4008, 4, 8192);
    made.dump.number(0x400c, 4, 8192);
    made.dump.bytes(last_page, "<6>whole\n");
    const auto log = made.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(log->records[0].text, "whole");
    EXPECT_THAT(log->problems, testing::ElementsAre("4096 bytes of the printk log cannot be read"));
}

TEST_P(TextLogs, WithAnImpossibleSizeIsAnError) {
    MadeText made(GetParam());
    made.dump.number(0x4008, 4, 100);
    const auto log = made.read();
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().text(), "made: the printk log's variables are damaged: no buffer has 100 bytes");
}

INSTANTIATE_TEST_SUITE_P(Machines, TextLogs, testing::Values(MadeDump::Machine::x86_64, MadeDump::Machine::ppc64),
                         name_of_machine);

// A ring of four descriptors and 256 bytes of text, laid out as Linux 6.1 does on 64-bit machines.
class MadeRing {
public:
    enum State : std::uint64_t { reserved, committed, finalized, reusable };

    explicit MadeRing(MadeDump::Machine machine) : dump(machine), big_(machine == MadeDump::Machine::ppc64) {
        dump.symbol("prb", 0x4000);
        for (const char* line : {"SIZE(printk_ringbuffer)=88",
                                 "OFFSET(printk_ringbuffer.desc_ring)=0",
                                 "OFFSET(printk_ringbuffer.text_data_ring)=48",
                                 "OFFSET(prb_desc_ring.count_bits)=0",
                                 "OFFSET(prb_desc_ring.descs)=8",
                                 "OFFSET(prb_desc_ring.infos)=16",
                                 "OFFSET(prb_desc_ring.head_id)=24",
                                 "OFFSET(prb_desc_ring.tail_id)=32",
                                 "SIZE(prb_desc)=24",
                                 "OFFSET(prb_desc.state_var)=0",
                                 "OFFSET(prb_desc.text_blk_lpos)=8",
                                 "OFFSET(prb_data_blk_lpos.begin)=0",
                                 "OFFSET(prb_data_blk_lpos.next)=8",
                                 "SIZE(printk_info)=88",
                                 "OFFSET(printk_info.seq)=0",
                                 "OFFSET(printk_info.ts_nsec)=8",
                                 "OFFSET(printk_info.text_len)=16",
                                 "OFFSET(printk_info.caller_id)=20",
                                 "OFFSET(prb_data_ring.size_bits)=0",
                                 "OFFSET(prb_data_ring.data)=8",
                                 "OFFSET(atomic_long_t.counter)=0"})
            dump.info(line);
        dump.pointer(0x4000, 0x4100);
        dump.number(0x4100, 4, 2);
        dump.pointer(0x4108, descs);
        dump.pointer(0x4110, infos);
        dump.number(0x4130, 4, 8);
        dump.pointer(0x4138, text);
    }

    void ids(std::uint64_t tail, std::uint64_t head) {
        dump.number(0x4118, 8, head);
        dump.number(0x4120, 8, tail);
    }

    // A record whose text's block is from `begin` to `next`; `id` and sequence number are one here.
    void record(std::uint64_t id, State state, std::uint64_t begin, std::uint64_t next, const std::string& words) {
        const std::uint64_t desc = descs + id % 4 * 24;
        dump.number(desc, 8, static_cast<std::uint64_t>(state) << 62U | id);
        dump.number(desc + 8, 8, begin);
        dump.number(desc + 16, 8, next);
        const std::uint64_t info = infos + id % 4 * 88;
        dump.number(info, 8, id);
        dump.number(info + 8, 8, id * 1000000000);
        dump.number(info + 16, 2, words.size());
        dump.number(info + 19, 1, big_ ? 6 : 6 << 5U);
        dump.number(info + 20, 4, id);
        if ((begin & 1U) != 0) return;
        const std::uint64_t start = begin / 256 == next / 256 ? begin % 256 : 0;  // never across the ring's end
        dump.number(text + start, 8, id);
        dump.bytes(text + start + 8, words);
    }

    [[nodiscard]] Result<PrintkLog> read() const {
        const auto opened = dump.open();
        if (!opened) return tl::unexpected<Error>(opened.error());
        return read_printk(*opened);
    }

    static constexpr std::uint64_t descs = 0x5000, infos = 0x6000, text = 0x7000;
    MadeDump dump;

private:
    bool big_;
};

class Ringbuffer : public testing::TestWithParam<MadeDump::Machine> {};

TEST_P(Ringbuffer, IsReadRoundItsEnd) {
    MadeRing ring(GetParam());
    ring.record(6, MadeRing::finalized, 256 + 200, 256 + 232, "the oldest");
    ring.record(7, MadeRing::finalized, 256 + 232, 512 + 64, "its block would cross the end of the ring");
    ring.record(8, MadeRing::finalized, 3, 3, "");  // NO_LPOS
    ring.record(9, MadeRing::committed, 512 + 64, 512 + 88, "may still grow");
    ring.ids(6, 9);
    const auto log = ring.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(text_of(*log),
              "<6>[    6.000000][    T6] the oldest\n"
              "<6>[    7.000000][    T7] its block would cross the end of the ring\n"
              "<6>[    8.000000][    T8] \n"
              "<6>[    9.000000][    T9] may still grow\n");
    EXPECT_TRUE(log->problems.empty());
}

TEST_P(Ringbuffer, LeavesOutWhatIsNotWritten) {
    MadeRing ring(GetParam());
    ring.record(5, MadeRing::reusable, 256, 288, "gone");
    ring.record(6, MadeRing::finalized, 288, 320, "there");
    ring.record(7, MadeRing::reserved, 320, 352, "half");
    ring.record(4, MadeRing::finalized, 352, 384, "of an older round");  // where 8 belongs
    ring.ids(5, 8);
    const auto log = ring.read();
    ASSERT_TRUE(log) << log.error().text();
    EXPECT_EQ(text_of(*log), "<6>[    6.000000][    T6] there\n");
}

TEST_P(Ringbuffer, SaysWhatItCannotRead) {
    MadeRing ring(GetParam());
    ring.record(6, MadeRing::finalized, 0, 0x1000, "a block larger than the ring");
    ring.record(7, MadeRing::finalized, 16, 48, "sound");
    ring.ids(6, 7);
    const auto log = ring.read();
    ASSERT_TRUE(log) << log.error().text();
    ASSERT_EQ(log->records.size(), 2);
    EXPECT_EQ(log->records[1].text, "sound");
    EXPECT_THAT(log->problems, testing::ElementsAre("the text of 1 printk records cannot be read"));
}

INSTANTIATE_TEST_SUITE_P(Machines, Ringbuffer, testing::Values(MadeDump::Machine::x86_64, MadeDump::Machine::ppc64),
                         name_of_machine);

TEST(Printk, NeedsVmcoreinfoThatNamesTheLog) {
    const auto dump = MadeDump(MadeDump::Machine::x86_64).open();
    ASSERT_TRUE(dump) << dump.error().text();
    const auto log = read_printk(*dump);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().text(), "made: vmcoreinfo lacks SYMBOL(log_buf) of the printk log");
}

}  // namespace
}  // namespace stallsight
