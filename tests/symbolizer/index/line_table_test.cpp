// Line tables of each version of DWARF, beside what libdw reads of the same.
#include "symbolizer/index/line_table.h"

#include <dwarf.h>
#include <gmock/gmock.h>

#include <random>

#include "symbolizer/elf_file.h"
#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

using namespace test;

struct Maker {
    const char* name;
    const char* compiler;
    const char* flags;
};

void PrintTo(const Maker& maker, std::ostream* out) {
    *out << maker.compiler << " " << maker.flags;
}

// "ffffffff81000010 /src/main.cxx:13 (2)", or "... end" behind a sequence.
std::string row(std::uint64_t address, bool end, const std::string& file, std::uint64_t line,
                std::uint64_t discriminator) {
    std::ostringstream text;
    text << std::hex << address << std::dec;
    if (end) return text.str() + " end";
    text << " " << file << ":" << line << " (" << discriminator << ")";
    return text.str();
}

std::string folder_of(Dwarf_Die& unit) {
    Dwarf_Attribute attribute;
    const char* folder = dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute));
    return folder ? folder : "";
}

std::vector<std::string> ours(const LineSections& sections, Dwarf_Die& unit) {
    Dwarf_Attribute attribute;
    Dwarf_Word offset = 0;
    if (dwarf_formudata(dwarf_attr(&unit, DW_AT_stmt_list, &attribute), &offset) != 0) return {};
    const std::string folder = folder_of(unit);
    const auto table = read_line_table(sections, offset, folder);
    std::vector<std::string> rows;
    for (const LineTable::Row& each : table ? table->rows : std::vector<LineTable::Row>())
        rows.push_back(row(each.address, each.end, table->path(each.file), each.line, each.discriminator));
    return rows;
}

std::vector<std::string> libdws(Dwarf_Die& unit) {
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    if (dwarf_getsrclines(&unit, &lines, &count) != 0) return {};
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < count; ++i) {
        Dwarf_Line* line = dwarf_onesrcline(lines, i);
        Dwarf_Addr address = 0;
        bool end = false;
        int number = 0;
        unsigned discriminator = 0;
        dwarf_lineaddr(line, &address);
        dwarf_lineendsequence(line, &end);
        dwarf_lineno(line, &number);
        dwarf_linediscriminator(line, &discriminator);
        std::string file = dwarf_linesrc(line, nullptr, nullptr);
        if (!file.starts_with('/')) file = folder_of(unit) + "/" + file;  // as eu-addr2line does
        rows.push_back(row(address, end, file, static_cast<std::uint64_t>(number), discriminator));
    }
    return rows;
}

class LineTables : public testing::TestWithParam<Maker> {
protected:
    void SetUp() override {
        const auto& [name, compiler, flags] = GetParam();
        const std::string driver(compiler), kernel = (folder.path() / "vmlinux").string();
        if (!installed(driver.substr(0, driver.find(' ')))) GTEST_SKIP() << "no " << driver;
        if (const std::string failed = build_kernel(compiler, flags, kernel); !failed.empty())
            GTEST_SKIP() << "cannot be built here: " << failed;
        elf = std::move(*ElfFile::open(kernel, *Bytes::map_file(kernel), kernel));
        Dwarf_Addr bias = 0;
        debug = elf->dwarf(bias);
        ASSERT_NE(debug, nullptr);
    }

    TemporaryFolder folder;
    std::unique_ptr<ElfFile> elf;
    Dwarf* debug = nullptr;
};

TEST_P(LineTables, SayWhatLibdwSays) {
    const LineSections sections(debug);
    std::size_t rows = 0;
    Dwarf_Off unit = 0, next = 0;
    for (std::size_t head = 0;
         dwarf_next_unit(debug, unit, &next, &head, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) == 0;
         unit = next) {
        Dwarf_Die die;
        ASSERT_TRUE(dwarf_offdie(debug, unit + head, &die));
        EXPECT_EQ(ours(sections, die), libdws(die));
        rows += libdws(die).size();
    }
    EXPECT_GT(rows, 30u);
}

TEST_P(LineTables, DamagedOnesEnd) {
    const LineSections whole(debug);
    std::mt19937 random(5079);
    for (int variant = 0; variant < 500; ++variant) {
        std::string bytes(whole.line.substr(0, variant % 2 ? whole.line.size() : random() % whole.line.size()));
        for (int i = 0; i <= variant % 9 && !bytes.empty(); ++i)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        LineSections damaged = whole;
        damaged.line = bytes;
        const auto table = read_line_table(damaged, variant % 5 ? 0 : random() % (bytes.size() + 1), "/src");
        if (!table) continue;
        EXPECT_LE(table->rows.size(), bytes.size());
        for (std::size_t file = 0; file < table->files.size() + 2; ++file) (void)table->path(file);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Of, LineTables,
    testing::Values(Maker{"dwarf2", "g++", "-gdwarf-2 -gstrict-dwarf"}, Maker{"dwarf3", "g++", "-gdwarf-3"},
                    Maker{"dwarf4", "g++", "-gdwarf-4"}, Maker{"dwarf5", "g++", "-gdwarf-5"},
                    Maker{"dwarf64", "g++", "-gdwarf-5 -gdwarf64"}, Maker{"packed", "g++", "-gz=zlib"},
                    Maker{"packed_as_before", "g++", "-gz=zlib-gnu"},
                    Maker{"mapped_folder", "g++", "-gdwarf-4 -ffile-prefix-map=/=built/"},
                    Maker{"clang4", "clang++", "-gdwarf-4"}, Maker{"clang5", "clang++", "-gdwarf-5"},
                    Maker{"mips", "clang++ -target mips-linux-gnu -fuse-ld=lld", ""},
                    Maker{"thumb", "clang++ -target armv7-linux-gnueabihf -mthumb -fuse-ld=lld", ""}),
    [](const auto& maker) { return std::string(maker.param.name); });

}  // namespace
}  // namespace stallsight
