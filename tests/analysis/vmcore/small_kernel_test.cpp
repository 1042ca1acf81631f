// Locks, a module and RCU as kernels other than the captures' have them: small_kernel.c, whose image is the memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/vmcore/locks.h"
#include "analysis/vmcore/modules.h"
#include "analysis/vmcore/rcu.h"
#include "symbolizer/debug_files.h"
#include "tests/support/small_kernel.h"

namespace stallsight {
namespace {

class SmallKernel : public test::SmallKernelTest {
protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(SmallKernelTest::SetUp());
        KernelMemory memory{"small", reader(vmlinux->elf()), false, 0, ""};
        auto opened = Kernel::open(std::move(memory), *vmlinux);
        ASSERT_TRUE(opened) << opened.error().text();
        kernel.emplace(std::move(*opened));
        modules.emplace(*kernel);
    }

    // What the image does not have (.bss) is zero.
    static MemoryReader reader(const ElfFile& elf) {
        return [&elf](std::uint64_t address, std::span<std::byte> out) {
            for (std::size_t i = 0; i < out.size(); ++i) {
                out[i] = std::byte{};
                for (const ElfSection& section : elf.sections())
                    if (section.address != 0 && section.type != SHT_NOBITS && section.contains(address + i))
                        out[i] = static_cast<std::byte>(ElfFile::content(section)[address + i - section.address]);
            }
            return true;
        };
    }

    // The task that waits for `lock` in `function`, and the lock's holder.
    std::vector<LockWait> waits(const std::string& lock, const std::string& function) {
        KernelTask waiter, holder;
        waiter.task_address = *kernel->address(lock + "_task");
        holder.task_address = *kernel->address("holder");
        const std::uint64_t stack = kernel->address(lock + "_stack").value_or(0);
        waiter.frames.resize(2);
        waiter.frames[0].function = function;
        waiter.frames[0].stack = stack + 8 * 1000;
        waiter.frames[1].function = "caller";
        waiter.frames[1].stack = stack + 8 * 1100;
        std::vector<KernelTask> tasks = {waiter, holder};
        if (const auto next = kernel->address(lock + "_next_task")) tasks.emplace_back().task_address = *next;
        return find_lock_waits(*kernel, *modules, tasks);
    }

    std::optional<Kernel> kernel;
    std::optional<LoadedModules> modules;
};

class EachSmallKernel : public SmallKernel, public testing::WithParamInterface<const char*> {
    [[nodiscard]] std::string program() const override { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Linux, EachSmallKernel, testing::Values("test_small_kernel", "test_small_kernel_7_2"));

TEST_P(EachSmallKernel, WaitersOfEachKindOfLockAreFound) {
    struct Row {
        const char *lock, *function, *kind;
        bool owned, shared;
    };
    const Row rows[] = {{"a_mutex", "__mutex_lock.constprop.0", "mutex", true, false},
                        {"written_rwsem", "rwsem_down_read_slowpath", "rw_semaphore", true, false},
                        {"read_rwsem", "rwsem_down_write_slowpath", "rw_semaphore", true, true},
                        {"a_semaphore", "__down_interruptible", "semaphore", false, false},
                        {"an_rt_mutex", "rt_mutex_slowlock", "rt_mutex", true, false}};
    for (const Row& row : rows) {
        const auto found = waits(row.lock, row.function);
        ASSERT_EQ(found.size(), 1u) << row.lock;
        EXPECT_EQ(found[0].kind, row.kind);
        EXPECT_EQ(found[0].name, row.lock);
        EXPECT_EQ(found[0].address, kernel->address(row.lock));
        EXPECT_EQ(found[0].waiter, 0u);
        EXPECT_EQ(found[0].owner, row.owned ? std::optional<std::size_t>(1) : std::nullopt) << row.lock;
        EXPECT_EQ(found[0].shared, row.shared) << row.lock;
    }
}

// kernel/locking/rwbase_rt.c: who has the rt_mutex waits for the readers, and new readers wait for it.
TEST_F(SmallKernel, LocksOfPreemptRtWithReaders) {
    for (const auto& [task, function] :
         {std::pair("rwbase_writer", "rwbase_write_lock"), std::pair("rwbase_reader", "__rwbase_read_lock")}) {
        const auto found = waits(task, function);
        ASSERT_EQ(found.size(), 1u) << task;
        EXPECT_EQ(found[0].kind, "rwbase_rt");
        EXPECT_EQ(found[0].name, "a_rwbase");
        EXPECT_EQ(found[0].shared, std::string_view(task) == "rwbase_writer");
    }
}

TEST_P(EachSmallKernel, WhoIsInAnotherFunctionWaitsForNothing) {
    EXPECT_TRUE(waits("a_mutex", "schedule_timeout").empty());
}

TEST_F(SmallKernel, ModulesSince6_4LieInSeveralRanges) {
    ASSERT_EQ(modules->all().size(), 1u);
    const LoadedModule& module = modules->all()[0];
    EXPECT_EQ(module.name(), "small_module");
    ASSERT_EQ(module.ranges().size(), 2u);
    const std::uint64_t text = *kernel->address("module_text"), data = *kernel->address("module_data");
    ASSERT_TRUE(module.range_of(text + 100));
    EXPECT_TRUE(module.range_of(text + 100)->code);
    EXPECT_FALSE(module.range_of(data)->code);
    EXPECT_EQ(module.symbol_at(text + 100)->name, "module_function");
    EXPECT_EQ(module.symbol_at(data + 8)->name, "module_variable");  // not __start_alloc_tags, which is there, too
    EXPECT_EQ(modules->at(text), &module);
    EXPECT_EQ(modules->at(text + 256 + 4096), nullptr);
}

// Before 4.19: gpnum and completed; before 4.20: a state for each flavor.
TEST_F(SmallKernel, TheFlavorOfRcuIsTakenForWhichSomebodyWaits) {
    KernelTask kthread;
    kthread.task_address = *kernel->address("holder");
    const auto rcu = read_rcu(*kernel, {kthread});
    ASSERT_TRUE(rcu);
    EXPECT_EQ(rcu->name, "rcu_preempt");
    EXPECT_EQ(rcu->grace_period, 60521);
    EXPECT_TRUE(rcu->in_progress);
    EXPECT_EQ(rcu->kthread, 0u);
    ASSERT_EQ(rcu->cpus.size(), 1u);
    EXPECT_EQ(rcu->cpus[0].grace_period, 60520);
    EXPECT_EQ(rcu->cpus[0].awaited, true);
    EXPECT_EQ(rcu->cpus[0].callbacks, 12u);
}

}  // namespace
}  // namespace stallsight
