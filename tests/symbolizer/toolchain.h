// Debug files made by the compilers and tools of this machine; a test skips, and says so, where one is absent.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "symbolizer/symbolizer.h"
#include "tests/support/process.h"

namespace stallsight::test {

inline bool installed(const std::string& tool) {
    return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

// Empty, or the command that failed.
inline std::string run(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0 ? "" : command;
}

// The kernel in small (tests/symbolizer/kernel), linked by `compiler` with further flags.
inline std::string build_kernel(const std::string& compiler, const std::string& flags, const std::string& output) {
    const std::string folder = std::string(STALLSIGHT_SOURCE_DIR) + "/tests/symbolizer/kernel/";
    return run("cd $(dirname " + output + ") && " + compiler +
               " -x c++ -g -O2 -fno-pie -fno-stack-protector -ffreestanding -fno-exceptions"
               " -fno-asynchronous-unwind-tables -nostdlib -static -no-pie -Wl,--build-id " +
               flags + " " + folder + "main.cxx " + folder + "one.cxx " + folder + "two.cxx -o " + output);
}

// Every chain of inlined callers in a function: "inlined main.cxx:13 < caller main.cxx:23".
inline std::set<std::string> chains_in(const Symbolizer& symbolizer, const std::string& function,
                                       const std::string& module = {}) {
    std::set<std::string> chains;
    CodePlace place;
    place.function = function;
    place.module = module;
    place.return_address = false;
    for (place.offset = 0; place.offset < 0x100; ++place.offset) {
        const auto answer = symbolizer.resolve(place);
        std::string chain;
        for (const SourcePlace& at : answer ? answer->places : std::vector<SourcePlace>())
            chain += (chain.empty() ? "" : " < ") + at.function + " " + at.file.substr(at.file.rfind('/') + 1) +
                     ":" + std::to_string(at.line);
        chains.insert(chain);
    }
    return chains;
}

}  // namespace stallsight::test
