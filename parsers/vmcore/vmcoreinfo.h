// The text that a kernel leaves beside its memory for the tools that read dumps of it: "KEY=value" lines.
// Source: kernel/crash_core.c (crash_save_vmcoreinfo_init), include/linux/crash_core.h of Linux 6.1.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stallsight {

class Vmcoreinfo {
public:
    Vmcoreinfo() = default;
    explicit Vmcoreinfo(std::string_view text);

    [[nodiscard]] bool empty() const { return values_.empty(); }

    // "OSRELEASE", "PAGESIZE", "SYMBOL(prb)"; nothing where the kernel does not tell.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view key) const;

    [[nodiscard]] std::optional<std::uint64_t> symbol(std::string_view name) const;  // SYMBOL(name): an address
    [[nodiscard]] std::optional<std::uint64_t> size(std::string_view name) const;    // SIZE(name): bytes
    [[nodiscard]] std::optional<std::uint64_t> offset(std::string_view name) const;  // OFFSET(struct.member)
    [[nodiscard]] std::optional<std::uint64_t> length(std::string_view name) const;  // LENGTH(name): elements
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;   // NUMBER(name)
    [[nodiscard]] std::optional<std::uint64_t> kernel_offset() const;                // KERNELOFFSET: KASLR
    [[nodiscard]] std::optional<std::uint64_t> page_size() const;                    // PAGESIZE: bytes
    [[nodiscard]] std::optional<std::int64_t> crash_time() const;                    // CRASHTIME: s since 1970

private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace stallsight
