// A kernel's memory in which bytes are wrong or missing, fixed seeds: what is read may be wrong, but it ends, and
// nothing crashes. Skipped without the captures.
#include <gtest/gtest.h>

#include <cstdint>

#include "analysis/vmcore/read_kernel.h"
#include "symbolizer/debug_files.h"
#include "tests/support/captured_dump.h"

namespace stallsight {
namespace {

// Damages what the dump gives, each page always in the same way.
class DamagedReader {
public:
    DamagedReader(const Dump& dump, unsigned seed) : dump_(dump), seed_(seed) {}

    bool operator()(std::uint64_t address, std::span<std::byte> out) const {
        if (!dump_.read(address, out)) return false;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::uint64_t at = address + i;
            const std::uint64_t draw = mixed(at / 64);
            if (draw % 4096 == 0) return false;
            if (draw % 64 == 1 && at % 64 == draw >> 32 % 64) out[i] = static_cast<std::byte>(mixed(at));
        }
        return true;
    }

private:
    // splitmix64
    [[nodiscard]] std::uint64_t mixed(std::uint64_t value) const {
        value += (seed_ + 1) * 0x9e3779b97f4a7c15;
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }

    const Dump& dump_;
    unsigned seed_;
};

TEST(DamagedMemory, IsReadToItsEnd) {
    const auto path = captured_dumps / captured_dump_names[1];
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the captures are not here";
    const auto dump = open_dump(path);
    ASSERT_TRUE(dump);
    DebugFiles files(nullptr);
    files.add_directory((captured_dumps / "../build").string());
    const auto kernels = files.of("vmlinux");
    ASSERT_EQ(kernels.size(), 1u);
    std::size_t opened = 0, whole = 0;
    for (unsigned seed = 1; seed <= 50; ++seed) {
        KernelMemory memory{dump->name(), DamagedReader(*dump, seed), false, dump->vmcoreinfo().kernel_offset(),
                            ""};
        const auto kernel = Kernel::open(memory, *kernels[0]);
        if (!kernel) {
            EXPECT_NE(kernel.error().what, "");
            continue;
        }
        ++opened;
        std::vector<CpuValues> registers;
        for (const CpuRegisters& cpu : dump->cpus()) registers.push_back(cpu.values);
        KernelState state;
        read_kernel(
            *kernel, registers, [](const LoadedModule&) { return nullptr; }, {}, state);
        EXPECT_LT(state.tasks.size(), 1000u);
        for (const KernelTask& task : state.tasks) {
            EXPECT_LE(task.frames.size(), Unwinder::most_frames);
            whole += task.stack_broken.empty() && !task.frames.empty() ? 1 : 0;
        }
        for (const LockWait& wait : state.waits) EXPECT_LT(wait.owner.value_or(0), state.tasks.size());
    }
    EXPECT_GT(opened, 10u);
    EXPECT_GT(whole, 100u);  // the rest is still there
}

}  // namespace
}  // namespace stallsight
