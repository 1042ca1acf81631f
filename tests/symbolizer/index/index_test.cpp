// The index of a debug file: what it answers is what the debug file says, whatever has become of the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "symbolizer/debug_info.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;
using test::slurp;
using test::TemporaryFolder;

const std::string kernel = std::string(STALLSIGHT_BIN_DIR) + "/test_kernel";

// Every place of the test kernel, as text.
std::string all_places(DebugInfo& info, const ElfFile& elf) {
    std::string text;
    const ElfSection* code = elf.section_named(".text");
    for (std::uint64_t at = code->address; at < code->address + code->size; ++at)
        for (const SourcePlace& place : info.places(at))
            text += place.function + " " + place.file + ":" + std::to_string(place.line) + "\n";
    return text;
}

class Index : public testing::Test {
protected:
    void SetUp() override {
        const auto bytes = Bytes::map_file(kernel);
        ASSERT_TRUE(bytes);
        elf = std::move(*ElfFile::open(kernel, *bytes, kernel));
        DebugInfo read(*elf, IndexStore(folder.path()));
        expected = all_places(read, *elf);
        ASSERT_THAT(expected, testing::HasSubstr("inlined"));
        read.keep();
        const auto key = IndexStore::key(elf->about().build_id, kernel);
        ASSERT_TRUE(key);
        path = folder.path() / *key;
        whole = slurp(path);
        ASSERT_GT(whole.size(), 1000u);
    }

    std::string answers() const {
        DebugInfo info(*elf, IndexStore(folder.path()));
        return all_places(info, *elf);
    }
    void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }

    TemporaryFolder folder;
    std::unique_ptr<ElfFile> elf;
    std::string expected, whole;
    fs::path path;
};

// An index that says something else than the debug file shows which of the two answered.
TEST_F(Index, IsAskedInsteadOfTheDebugFile) {
    auto index = PlaceIndex::read(Bytes::own(whole));
    ASSERT_TRUE(index);
    UnitParts other;
    other.base = elf->section_named(".text")->address;
    other.text = std::string("\0somewhere.c", 12);
    other.files = {0, 1};
    other.rows = {{0, 7, 1, 0}};
    index->add(*index->unit_of(other.base), other.write());
    write(index->write());
    EXPECT_THAT(answers(), testing::HasSubstr(" somewhere.c:7\n"));
}

TEST_F(Index, IsNotTrustedWhenDamaged) {
    std::mt19937 random(5079);
    for (int variant = 0; variant < 300; ++variant) {
        std::string damaged = whole;
        for (int i = 0; i <= variant % 5; ++i)
            damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
        write(damaged);
        ASSERT_EQ(answers(), expected) << variant;
    }
}

TEST_F(Index, IsNotTrustedWhenCutOffOrOfAnotherVersion) {
    for (std::size_t size = 0; size < whole.size(); size += 61) {
        write(whole.substr(0, size));
        ASSERT_EQ(answers(), expected) << size;
    }
    std::string newer = whole;
    ++newer[0];
    EXPECT_FALSE(PlaceIndex::read(Bytes::own(newer)));
    write(newer);
    EXPECT_EQ(answers(), expected);
}

// Two programs at once, each asked for one unit: what the first keeps is not lost by the second.
TEST_F(Index, GrowsByWhatOthersHaveRead) {
    fs::remove(path);
    DebugInfo one(*elf, IndexStore(folder.path())), two(*elf, IndexStore(folder.path()));
    const ElfSection* code = elf->section_named(".text");
    const std::uint64_t first = code->address, last = code->address + code->size - 1;
    (void)one.places(first);
    (void)two.places(last);
    one.keep();
    two.keep();
    auto both = PlaceIndex::read(Bytes::own(slurp(path)));
    ASSERT_TRUE(both);
    ASSERT_NE(both->unit_of(first), both->unit_of(last));
    EXPECT_TRUE(both->table(*both->unit_of(first)));
    EXPECT_TRUE(both->table(*both->unit_of(last)));
    EXPECT_EQ(answers(), expected);
}

TEST_F(Index, IsSafeWithManyWriters) {
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i)
        writers.emplace_back([&] {
            const auto mine = elf->again();
            for (int round = 0; round < 20 && mine; ++round) {
                DebugInfo info(**mine, IndexStore(folder.path()));
                EXPECT_EQ(all_places(info, **mine), expected);
                if (round % 3 == 0) fs::remove(path);
                info.keep();
            }
        });
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(answers(), expected);
    for (const auto& file : fs::directory_iterator(folder.path())) EXPECT_EQ(file.path(), path) << "left over";
}

TEST(IndexStore, RemovesWhatWasNotUsedForLongest) {
    const TemporaryFolder folder;
    const IndexStore store(folder.path(), 250);
    const auto age = [&](const char* name, int hours) {
        fs::last_write_time(folder.path() / name, fs::file_time_type::clock::now() - std::chrono::hours(hours));
    };
    store.save("a", std::string(100, 'a'));
    store.save("b", std::string(100, 'b'));
    age("a", 2);
    age("b", 1);
    EXPECT_TRUE(store.load("a"));  // now b is the older one
    store.save("c", std::string(100, 'c'));
    EXPECT_TRUE(fs::exists(folder.path() / "a"));
    EXPECT_FALSE(fs::exists(folder.path() / "b"));
    EXPECT_EQ(store.load("c")->view(), std::string(100, 'c'));
    store.save("d", std::string(300, 'd'));  // larger than all
    EXPECT_FALSE(store.load("d"));
    EXPECT_FALSE(IndexStore("").load("a"));
}

TEST(IndexStore, KnowsAFileByItsBuildIdSizeAndTime) {
    const TemporaryFolder folder;
    const std::string path = folder.file("vmlinux", "text");
    const auto key = IndexStore::key("abcd", path);
    ASSERT_TRUE(key);
    EXPECT_THAT(*key, testing::StartsWith("abcd-4-"));
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
    EXPECT_NE(IndexStore::key("abcd", path), key);
    EXPECT_FALSE(IndexStore::key("", path));
    EXPECT_FALSE(IndexStore::key("abcd", ""));
    EXPECT_FALSE(IndexStore::key("abcd", path + ".none"));
}

}  // namespace
}  // namespace stallsight
