// Reads the members of an archive (tar, zip, 7z, cpio; packed with gz, xz, zst, bz2, lz4) or a single packed file.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "parsers/bundle/bundle.h"

namespace stallsight {

// By magic number: is it something that has to be unpacked before it can be read?
bool is_packed(std::string_view bytes);

struct ArchiveMember {
    std::string path;  // as stored, made safe: no leading '/', no '.' or '..'
    Bytes bytes;       // in memory when small, else in a private file without a name
    bool truncated = false;
};

// Calls `take` for each regular member in archive order. What cannot be read is added to `problems`, and what was
// read before it has been handed over. A packed file that is no archive has one member, with an empty path.
void read_archive(const std::string& name, std::string_view bytes, const BundleLimits& limits,
                  std::uint64_t& unpacked_total, const Progress& progress,
                  const std::function<void(ArchiveMember)>& take, std::vector<Error>& problems);

}  // namespace stallsight
