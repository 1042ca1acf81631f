#include "symbolizer/index/index_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace stallsight {
namespace {

namespace fs = std::filesystem;

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

std::string IndexStore::user_folder() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    if (cache && *cache == '/') return std::string(cache) + "/stallsight/index";  // relative ones are invalid
    return home && *home == '/' ? std::string(home) + "/.cache/stallsight/index" : std::string();
}

std::optional<std::string> IndexStore::key(const std::string& build_id, const std::string& path) {
    struct stat status {};
    if (build_id.empty() || path.empty() || ::stat(path.c_str(), &status) != 0) return std::nullopt;
    return build_id + "-" + std::to_string(status.st_size) + "-" + std::to_string(status.st_mtim.tv_sec) + "." +
           std::to_string(status.st_mtim.tv_nsec);
}

std::optional<Bytes> IndexStore::load(const std::string& key) const {
    if (folder_.empty()) return std::nullopt;
    const std::string path = folder_ + "/" + key;
    auto bytes = Bytes::map_file(path);
    if (!bytes) return std::nullopt;
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now
    return *bytes;
}

void IndexStore::save(const std::string& key, std::string_view bytes) const {
    if (folder_.empty() || bytes.size() > limit_) return;
    std::error_code error;
    fs::create_directories(folder_, error);
    std::string path = folder_ + "/" + key + ".XXXXXX";
    const int file = ::mkostemp(path.data(), O_CLOEXEC);
    if (file < 0) return;
    const bool written = write_all(file, bytes);
    ::close(file);
    if (!written || ::rename(path.c_str(), (folder_ + "/" + key).c_str()) != 0) ::unlink(path.c_str());
    evict();
}

void IndexStore::evict() const {
    struct Kept {
        fs::file_time_type used;
        std::uint64_t size;
        fs::path path;
    };
    std::vector<Kept> files;
    std::uint64_t sum = 0;
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
        std::error_code gone;  // by another program's hand
        const Kept file{at->last_write_time(gone), gone ? 0 : at->file_size(gone), at->path()};
        if (gone) continue;
        sum += file.size;
        files.push_back(file);
    }
    std::sort(files.begin(), files.end(),
              [](const Kept& left, const Kept& right) { return left.used < right.used; });
    for (const Kept& file : files) {
        if (sum <= limit_) return;
        fs::remove(file.path, error);
        sum -= file.size;
    }
}

}  // namespace stallsight
