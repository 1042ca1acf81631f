// A vmlinux of another kernel is refused, loudly: by build-id, and by the banner in the dump's memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/vmcore/kernel.h"
#include "symbolizer/debug_files.h"
#include "tests/support/small_kernel.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

constexpr std::string_view own_banner = "Linux version 6.4.0-small (x@y) #1 SMP";

// Memory that has one banner, `moved` behind where test_small_kernel is linked to have its own.
class WrongKernel : public test::SmallKernelTest {
protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(SmallKernelTest::SetUp());
        banner_at = *Variables(vmlinux->elf()).address("linux_banner");
    }

    std::string error_with(std::string banner, std::uint64_t moved, std::optional<std::uint64_t> told,
                           std::string build_id = {}) {
        banner.resize(4096, '\0');
        KernelMemory memory;
        memory.name = "vmcore";
        memory.offset = told;
        memory.build_id = std::move(build_id);
        memory.read = [banner, at = banner_at + moved](std::uint64_t address, std::span<std::byte> out) {
            for (std::size_t i = 0; i < out.size(); ++i) {
                const std::uint64_t place = address + i - at;
                out[i] = static_cast<std::byte>(place < banner.size() ? banner[place] : 0);
            }
            return true;
        };
        const auto kernel = Kernel::open(memory, *vmlinux);
        return kernel ? "" : kernel.error().text();
    }

    std::uint64_t banner_at = 0;
};

TEST_F(WrongKernel, TheRightOneIsTaken) {
    EXPECT_EQ(error_with(std::string(own_banner), 0, 0), "");
    EXPECT_EQ(error_with(std::string(own_banner), 0x4e00000, 0x4e00000), "");
    EXPECT_EQ(error_with(std::string(own_banner), 0x4e00000, std::nullopt), "");  // KASLR that nobody told
}

TEST_F(WrongKernel, IsRefusedByBuildId) {
    const std::string error = error_with(std::string(own_banner), 0, 0, "0123456789abcdef");
    EXPECT_THAT(error, HasSubstr("is not the kernel of vmcore: its build-id is"));
    EXPECT_THAT(error, HasSubstr("the dump's 0123456789abcdef"));
}

TEST_F(WrongKernel, IsRefusedByTheBannerInMemory) {
    EXPECT_THAT(
        error_with("Linux version 6.4.0-small (x@y) #2 SMP", 0, 0),
        HasSubstr("is not the kernel of vmcore: the dump's memory says: Linux version 6.4.0-small (x@y) #2"));
}

TEST_F(WrongKernel, IsRefusedWhereNoBannerIs) {
    for (const std::optional<std::uint64_t> told : {std::optional<std::uint64_t>(0x200000), {}})
        EXPECT_THAT(error_with("", 0, told),
                    HasSubstr("no kernel's banner is in memory where this file has its own"));
}

}  // namespace
}  // namespace stallsight
