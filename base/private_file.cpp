#include "base/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

namespace stallsight {

namespace {

// Calls write(part) until all is written; it returns what write(2) returns.
template <class Write>
bool write_all(std::string_view part, const Write& write) {
    while (!part.empty()) {
        const ssize_t n = write(part);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        part.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

Result<PrivateFile> PrivateFile::create() {
    const char* set = std::getenv("TMPDIR");
    if (set != nullptr && *set != '\0') return create_in(set);
    if (auto file = create_in("/var/tmp")) return file;
    return create_in("/tmp");
}

Result<PrivateFile> PrivateFile::create_in(const std::string& folder) {
    int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {  // a file system that cannot: a name, but only for a moment
        std::string pattern = folder + "/stallsight-XXXXXX";
        fd = ::mkostemp(pattern.data(), O_CLOEXEC);
        if (fd >= 0) ::unlink(pattern.c_str());
    }
    if (fd < 0) return fail("cannot make a temporary file: " + std::generic_category().message(errno), folder);
    return PrivateFile(fd);
}

PrivateFile& PrivateFile::operator=(PrivateFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

PrivateFile::~PrivateFile() {
    if (fd_ >= 0) ::close(fd_);
}

bool PrivateFile::append(std::string_view part) {
    return write_all(part, [this](std::string_view rest) { return ::write(fd_, rest.data(), rest.size()); });
}

bool PrivateFile::write_at(std::uint64_t offset, std::string_view part) {
    return write_all(part, [&](std::string_view rest) {
        const std::uint64_t at = offset + (part.size() - rest.size());
        return ::pwrite(fd_, rest.data(), rest.size(), static_cast<off_t>(at));
    });
}

}  // namespace stallsight
