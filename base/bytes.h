// The bytes of a file: mapped, never copied, shared by everything that points into them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stallsight {

class Bytes {
public:
    Bytes() = default;

    // Maps a regular file read-only. An empty file gives empty bytes.
    static Result<Bytes> map_file(const std::string& path);
    // Maps an open descriptor (a private temporary file); the descriptor stays the caller's.
    static Result<Bytes> map_descriptor(int fd, const std::string& name);
    static Bytes own(std::string text);

    [[nodiscard]] std::string_view view() const { return view_; }
    [[nodiscard]] std::uint64_t size() const { return view_.size(); }

    // Tells the kernel that the pages of this part are not needed again soon, so that reading a log of
    // many gigabytes does not push everything else out of memory.
    void release(std::uint64_t offset, std::uint64_t length) const;

private:
    std::shared_ptr<const void> owner_;
    std::string_view view_;
    bool mapped_ = false;
};

// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view bytes);

}  // namespace stallsight
