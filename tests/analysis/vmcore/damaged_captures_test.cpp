// The captures' filtered dump, cut off and damaged in 500 ways (fixed seed), with its vmlinux: each is an error, or
// a result that says what is missing, and none takes long. What is damaged inside a page that is not compressed
// nobody can tell. Skipped without the captures; tests/parsers/vmcore/damaged_dump_test.cpp does the same with
// small dumps.
#include <gtest/gtest.h>

#include <chrono>

#include "analysis/vmcore/read_kernel.h"
#include "parsers/vmcore/printk.h"
#include "symbolizer/debug_files.h"
#include "tests/support/captured_dump.h"
#include "tests/support/damaged_file.h"

namespace stallsight {
namespace {

constexpr int variants = 500;
constexpr auto longest = std::chrono::seconds(60);  // of one variant; it takes a fraction of a second

struct Reading {
    std::vector<std::string> said;  // errors, and what is missing
    std::size_t tasks = 0, frames = 0, records = 0;
};

Reading read(const std::string& bytes, LoadedFile& vmlinux) {
    Reading reading;
    const auto dump = Dump::open({{"damaged", Bytes::own(bytes), ""}});
    if (!dump) {
        reading.said.push_back(dump.error().text());
        return reading;
    }
    for (const Error& problem : dump->problems()) reading.said.push_back(problem.text());
    if (const auto log = read_printk(*dump)) {
        reading.records = log->records.size();
        reading.said.insert(reading.said.end(), log->problems.begin(), log->problems.end());
    } else {
        reading.said.push_back(log.error().text());
    }
    KernelMemory memory{dump->name(),
                        [&](std::uint64_t address, std::span<std::byte> out) { return dump->read(address, out); },
                        dump->big_endian(), dump->vmcoreinfo().kernel_offset(),
                        std::string(dump->vmcoreinfo().value("BUILD-ID").value_or(""))};
    const auto kernel = Kernel::open(std::move(memory), vmlinux);
    if (!kernel) {
        reading.said.push_back(kernel.error().text());
        return reading;
    }
    std::vector<CpuValues> registers;
    for (const CpuRegisters& cpu : dump->cpus()) registers.push_back(cpu.values);
    KernelState state;
    for (std::string& missing : read_kernel(
             *kernel, registers, [](const LoadedModule&) { return nullptr; }, {}, state))
        reading.said.push_back(std::move(missing));
    reading.tasks = state.tasks.size();
    for (const KernelTask& task : state.tasks) {
        reading.frames += task.frames.size();
        if (!task.stack_broken.empty()) reading.said.push_back(task.task.comm + ": " + task.stack_broken);
    }
    return reading;
}

TEST(DamagedCaptures, AreErrorsOrSayWhatIsMissing) {
    const auto path = captured_dumps / "vmcore.makedumpfile-d31-zlib";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the captures are not here: " << path;
    const auto bytes = Bytes::map_file(path.string());
    ASSERT_TRUE(bytes);
    DebugFiles files(nullptr);
    files.add_directory((captured_dumps / "../build").string());
    const auto kernels = files.of("vmlinux");
    ASSERT_EQ(kernels.size(), 1u);
    const std::string whole(bytes->view());
    const Reading right = read(whole, *kernels[0]);
    ASSERT_TRUE(right.said.empty()) << right.said.front();
    ASSERT_EQ(right.tasks, 54u);

    std::mt19937 random(7);
    int errors = 0, partial = 0, complete = 0, silent = 0;
    for (int i = 0; i < variants; ++i) {
        const std::string damaged = test::damaged(whole, random);
        const auto start = std::chrono::steady_clock::now();
        const Reading found = read(damaged, *kernels[0]);
        EXPECT_LT(std::chrono::steady_clock::now() - start, longest) << "variant " << i;
        const bool same =
            found.tasks == right.tasks && found.frames == right.frames && found.records == right.records;
        const bool cut_off = damaged.size() < whole.size();
        EXPECT_FALSE(cut_off && found.said.empty()) << "variant " << i;
        if (found.said.empty() && !same)
            std::printf("variant %d: %zu tasks, %zu frames, %zu records, and no word of it\n", i, found.tasks,
                        found.frames, found.records);
        if (found.said.empty())
            ++(same ? complete : silent);
        else
            ++(found.tasks == 0 && found.records == 0 ? errors : partial);
    }
    RecordProperty("errors", errors);
    RecordProperty("partial", partial);
    RecordProperty("complete", complete);
    std::printf("%d errors, %d partial results that say so, %d complete, %d with less and no word of it\n", errors,
                partial, complete, silent);
    EXPECT_GT(errors, variants / 20);  // else nothing was tested
    EXPECT_GT(partial, variants / 20);
    EXPECT_EQ(silent, 0);
}

}  // namespace
}  // namespace stallsight
