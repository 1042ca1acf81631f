// The indexes in the user's cache directory: $XDG_CACHE_HOME/stallsight/index, or ~/.cache/stallsight/index.
//
// Every failure means "no index": the debug file is read instead. A file is written beside its place and renamed,
// so that two programs at once each leave a whole one, and a mapped one stays as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace stallsight {

class IndexStore {
public:
    static constexpr std::uint64_t default_limit = std::uint64_t{512} << 20;

    // An empty folder keeps nothing.
    explicit IndexStore(std::string folder = user_folder(), std::uint64_t limit = default_limit)
        : folder_(std::move(folder)), limit_(limit) {}
    static std::string user_folder();

    // What an index is kept under: the build-id, and the file's size and time, since a stripped file and a damaged
    // copy have the build-id, too. Nothing for a file without a build-id or that is no file of its own.
    static std::optional<std::string> key(const std::string& build_id, const std::string& path);

    [[nodiscard]] std::optional<Bytes> load(const std::string& key) const;
    // Then the files that were not used for longest are removed, until all together are within the limit.
    void save(const std::string& key, std::string_view bytes) const;

private:
    void evict() const;

    std::string folder_;
    std::uint64_t limit_;
};

}  // namespace stallsight
