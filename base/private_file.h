// A temporary file that no other program can open by name, gone with its last descriptor or mapping.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stallsight {

class PrivateFile {
public:
    // In $TMPDIR, or /var/tmp, which other than /tmp is on a disk everywhere (file-hierarchy(7)), or /tmp.
    static Result<PrivateFile> create();

    PrivateFile(PrivateFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    PrivateFile& operator=(PrivateFile&& other) noexcept;
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;
    ~PrivateFile();

    [[nodiscard]] int descriptor() const { return fd_; }

    // Whether all of `part` was written; errno says why not.
    bool append(std::string_view part);
    bool write_at(std::uint64_t offset, std::string_view part);

private:
    explicit PrivateFile(int fd) : fd_(fd) {}
    static Result<PrivateFile> create_in(const std::string& folder);

    int fd_ = -1;
};

}  // namespace stallsight
