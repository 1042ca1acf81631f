#include "parsers/vmcore/printk_memory.h"

#include <algorithm>

namespace stallsight {

namespace {

unsigned byte_at(std::string_view info, std::uint64_t at) {
    return at < info.size() ? static_cast<unsigned char>(info[at]) : 0;
}

}  // namespace

std::string_view MemoryWindow::at(std::uint64_t offset, std::uint64_t length) {
    if (offset > size_ || length > size_ - offset || length > block_bytes) return {};
    const auto held = [&] { return offset >= block_at_ && offset + length <= block_at_ + block_.size(); };
    if (!held()) {
        // Ahead by a block where all of it is there, else only what is asked for.
        block_at_ = offset;
        for (const std::uint64_t wanted : {std::min(block_bytes, size_ - offset), length}) {
            block_.resize(wanted);
            if (dump_.read(address_ + offset, std::as_writable_bytes(std::span(block_)))) break;
            block_.clear();
        }
    }
    if (!held()) return {};
    return std::string_view(block_).substr(offset - block_at_, length);
}

int facility_of(std::string_view info, std::uint64_t counts) {
    return static_cast<int>(byte_at(info, counts + 2));
}

// u8 flags:5, level:3.
int level_of(std::string_view info, std::uint64_t counts, bool big_endian) {
    const unsigned bits = byte_at(info, counts + 3);
    return static_cast<int>(big_endian ? bits & 7U : bits >> 5U);
}

}  // namespace stallsight
