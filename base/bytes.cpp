#include "base/bytes.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace stallsight {

namespace {

std::string errno_text() {
    return std::generic_category().message(errno);
}

struct Descriptor {
    int fd;
    explicit Descriptor(int f) : fd(f) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

}  // namespace

Result<Bytes> Bytes::map_file(const std::string& path) {
    // O_NONBLOCK: opening a FIFO that someone left in a bundle must not hang.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.fd < 0) return fail(errno_text(), path);
    return map_descriptor(file.fd, path);
}

Result<Bytes> Bytes::map_descriptor(int fd, const std::string& name) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) return fail(errno_text(), name);
    if (!S_ISREG(info.st_mode)) return fail("not a regular file", name);
    Bytes bytes;
    if (info.st_size == 0) return bytes;
    const auto size = static_cast<std::size_t>(info.st_size);
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (start == MAP_FAILED) return fail(errno_text(), name);
    bytes.owner_ =
        std::shared_ptr<const void>(start, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
    bytes.view_ = std::string_view(static_cast<const char*>(start), size);
    bytes.mapped_ = true;
    return bytes;
}

Bytes Bytes::own(std::string text) {
    auto shared = std::make_shared<const std::string>(std::move(text));
    Bytes bytes;
    bytes.view_ = *shared;
    bytes.owner_ = std::move(shared);
    return bytes;
}

void Bytes::release(std::uint64_t offset, std::uint64_t length) const {
    if (!mapped_ || offset >= view_.size()) return;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t first = (offset + page - 1) / page * page;
    const std::uint64_t last = std::min<std::uint64_t>(offset + length, view_.size()) / page * page;
    if (last <= first) return;
    ::madvise(const_cast<char*>(view_.data()) + first, last - first, MADV_DONTNEED);
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
        out += digits[digest[i] >> 4U];
        out += digits[digest[i] & 15U];
    }
    return out;
}

}  // namespace stallsight
