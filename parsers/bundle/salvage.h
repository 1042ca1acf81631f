// What a damaged .gz still holds. libarchive throws the last block of a truncated stream away, which for a small
// bundle is all of it; zlib gives every byte up to the damage.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace stallsight {

bool is_gzip(std::string_view bytes);

// The longest prefix that unpacks, up to `most` bytes; members of a concatenated .gz follow each other.
Bytes salvage_gzip(std::string_view bytes, std::uint64_t most);

}  // namespace stallsight
