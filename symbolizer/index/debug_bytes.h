// Reading DWARF's numbers and strings out of a section, whatever the section holds: behind its end everything is 0
// or empty, and `failed` says so.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/endian.h"

namespace stallsight {

class DebugBytes {
public:
    DebugBytes(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return at_ >= bytes_.size(); }
    [[nodiscard]] std::size_t at() const { return at_; }

    void go_to(std::size_t place) {
        failed_ |= place > bytes_.size();
        at_ = failed_ ? bytes_.size() : place;
    }
    void skip(std::uint64_t count) { go_to(count > bytes_.size() - at_ ? bytes_.size() + 1 : at_ + count); }

    std::uint8_t byte() {
        if (at_end()) return failed_ = true, std::uint8_t{0};
        return static_cast<std::uint8_t>(bytes_[at_++]);
    }
    // Of 1 to 8 bytes.
    std::uint64_t number(std::size_t size) {
        const std::size_t start = at_;
        skip(size);
        return failed_ ? 0 : read_number(bytes_.substr(start, size), big_endian_);
    }
    // LEB128 (DWARF 5, 7.6); bits above the 64th are lost.
    std::uint64_t unsigned_leb() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const std::uint8_t part = byte();
            if (shift < 64) value |= std::uint64_t{part & 0x7fU} << shift;
            if (part < 0x80) return value;
        }
    }
    std::int64_t signed_leb() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;;) {
            const std::uint8_t part = byte();
            if (shift < 64) value |= std::uint64_t{part & 0x7fU} << shift;
            shift += 7;
            if (part >= 0x80) continue;
            if (shift < 64 && (part & 0x40)) value |= ~std::uint64_t{0} << shift;
            return static_cast<std::int64_t>(value);
        }
    }
    // Up to its NUL, which is skipped.
    std::string_view string() {
        const std::size_t end = bytes_.find('\0', at_);
        if (end == std::string_view::npos) return failed_ = true, at_ = bytes_.size(), std::string_view();
        const std::string_view text = bytes_.substr(at_, end - at_);
        at_ = end + 1;
        return text;
    }
    // What a unit starts with: its length, and the size of its offsets (4, or 8 behind the mark of 64-bit DWARF).
    // Nothing is left to read behind the unit.
    std::size_t unit_length() {
        std::size_t offset_size = 4;
        std::uint64_t length = number(4);
        if (length == 0xffffffff) offset_size = 8, length = number(8);
        if (length > bytes_.size() - at_) return failed_ = true, offset_size;
        bytes_ = bytes_.substr(0, at_ + length);
        return offset_size;
    }

private:
    std::string_view bytes_;
    bool big_endian_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace stallsight
