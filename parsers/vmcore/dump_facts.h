// What a dump says of itself before its memory is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

// What a CPU's NT_PRSTATUS note holds: its registers when the kernel crashed or the machine was stopped.
struct CpuRegisters {
    int number = 0;                                            // by the order of the notes: offline CPUs have none
    std::uint64_t pid = 0;                                     // pr_pid; QEMU puts the CPU's number + 1 there
    std::map<std::string, std::uint64_t, std::less<>> values;  // "rip", "rsp" (x86_64), "r1", "pc" (ppc64) ...

    [[nodiscard]] std::optional<std::uint64_t> value(std::string_view name) const {
        const auto found = values.find(name);
        if (found == values.end()) return {};
        return found->second;
    }
};

struct DumpFacts {
    std::string format;  // "Compressed KDUMP", "ELF64 dump"
    std::string arch;    // "x86_64", "ppc64", "ppc64le", "aarch64" ...; empty: not known
    bool big_endian = false;
    std::size_t page_size = 0;
    std::size_t pointer_size = 0;
    std::string vmcoreinfo;  // as it is in the file; empty where it has none
    std::vector<CpuRegisters> cpus;
};

}  // namespace stallsight
