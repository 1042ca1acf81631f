// What both forms of the printk log need to read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/vmcore/dump.h"

namespace stallsight {

// Members' offsets and structures' sizes of vmcoreinfo. All are asked for first; missing() then names the first
// that the kernel does not tell.
class Layout {
public:
    explicit Layout(const Vmcoreinfo& info) : info_(info) {}

    std::uint64_t offset(std::string_view member) { return known(info_.offset(member), "OFFSET", member); }
    std::uint64_t size(std::string_view type) { return known(info_.size(type), "SIZE", type); }
    std::uint64_t symbol(std::string_view name) { return known(info_.symbol(name), "SYMBOL", name); }

    [[nodiscard]] const std::string& missing() const { return missing_; }  // "SIZE(printk_log)", or empty

private:
    std::uint64_t known(std::optional<std::uint64_t> value, std::string_view what, std::string_view name) {
        if (!value && missing_.empty()) missing_ = std::string(what).append("(").append(name).append(")");
        return value.value_or(0);
    }

    const Vmcoreinfo& info_;
    std::string missing_;
};

// An array or a buffer in the dump's memory, read in blocks as it is walked: one block is kept.
class MemoryWindow {
public:
    MemoryWindow(const Dump& dump, std::uint64_t address, std::uint64_t size)
        : dump_(dump), address_(address), size_(size) {}

    // `length` bytes at `offset`, at most block_bytes; empty where they are beyond the end or not in the dump.
    // Valid until the next call.
    std::string_view at(std::uint64_t offset, std::uint64_t length);

    static constexpr std::uint64_t block_bytes = 128U << 10U;

private:
    const Dump& dump_;
    std::uint64_t address_;
    std::uint64_t size_;
    std::uint64_t block_at_ = 0;
    std::string block_;
};

// What struct printk_info (5.10 on) and struct printk_log (before) have alike: behind `counts`, the last of their
// 16-bit lengths, come facility and flags with the level, which vmcoreinfo does not name.
int facility_of(std::string_view info, std::uint64_t counts);
int level_of(std::string_view info, std::uint64_t counts, bool big_endian);

}  // namespace stallsight
