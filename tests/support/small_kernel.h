// A small kernel that the tests build, found as a vmlinux among debug files.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "symbolizer/debug_files.h"
#include "tests/support/process.h"

namespace stallsight::test {

class SmallKernelTest : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::copy_file(std::filesystem::path(STALLSIGHT_BIN_DIR) / program(),
                                   folder.path() / "vmlinux");
        files.add_directory(folder.path().string());
        const auto kernels = files.of("vmlinux");
        ASSERT_EQ(kernels.size(), 1u);
        vmlinux = kernels[0];
    }

    [[nodiscard]] virtual std::string program() const { return "test_small_kernel"; }

    TemporaryFolder folder;
    DebugFiles files{nullptr};
    LoadedFile* vmlinux = nullptr;
};

}  // namespace stallsight::test
