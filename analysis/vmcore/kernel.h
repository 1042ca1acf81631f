// A kernel in a dump's memory, read with the debug info of its vmlinux.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/memory.h"
#include "symbolizer/kernel/object.h"
#include "symbolizer/kernel/types.h"
#include "symbolizer/kernel/variables.h"
#include "symbolizer/loaded_file.h"

namespace stallsight {

// What is known of the memory before vmlinux is.
struct KernelMemory {
    std::string name;  // of the dump, for messages
    MemoryReader read;
    bool big_endian = false;
    std::optional<std::uint64_t> offset;  // KASLR, where the dump says it (KERNELOFFSET)
    std::string build_id;                 // of the kernel, where the dump says it (BUILD-ID, since 5.9), or empty
};

class Kernel {
public:
    // Fails where vmlinux has no debug info, or is not the one that this memory is of: by build-id, and by
    // linux_banner in memory. Where the dump does not say KASLR's offset, that banner is looked for. `vmlinux` must
    // live as long, and nobody else use it meanwhile.
    static Result<Kernel> open(KernelMemory memory, LoadedFile& vmlinux);

    [[nodiscard]] const Memory& memory() const { return *memory_; }
    [[nodiscard]] const KernelTypes& types() const { return *types_; }
    [[nodiscard]] LoadedFile& vmlinux() const { return *vmlinux_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }        // KASLR
    [[nodiscard]] const std::vector<int>& cpus() const { return cpus_; }  // online

    // As it runs; nothing where the kernel has no such variable.
    [[nodiscard]] std::optional<std::uint64_t> address(std::string_view variable) const;
    [[nodiscard]] std::optional<std::uint64_t> address(std::string_view variable, int cpu) const;  // per-CPU
    [[nodiscard]] std::optional<Object> object(std::string_view variable, const std::string& type) const;
    [[nodiscard]] std::optional<Object> object(std::string_view variable, int cpu, const std::string& type) const;
    [[nodiscard]] Object object_at(std::uint64_t address, const std::string& type) const {
        return {*types_, *memory_, type, address};
    }
    // The variable of vmlinux that an address lies in, or null.
    [[nodiscard]] const Variable* variable_at(std::uint64_t address) const;
    // The function of vmlinux that an address lies in, or null.
    [[nodiscard]] const Symbol* function_at(std::uint64_t address) const;

    // The structures of a list whose head (struct list_head) is at `head`: their member `link` is in it. A damaged
    // list ends where it leads nowhere or back into itself; then `broken` is set.
    [[nodiscard]] std::vector<Object> list(std::uint64_t head, const std::string& type, const std::string& link,
                                           bool* broken = nullptr) const;

private:
    Kernel() = default;
    Result<void> find_offset(const KernelMemory& memory);
    void find_cpus();

    std::unique_ptr<Memory> memory_;
    std::unique_ptr<KernelTypes> types_;
    std::unique_ptr<Variables> variables_;
    LoadedFile* vmlinux_ = nullptr;
    std::uint64_t offset_ = 0;
    std::vector<int> cpus_;
    std::vector<std::uint64_t> per_cpu_;  // __per_cpu_offset
};

}  // namespace stallsight
