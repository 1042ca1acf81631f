// Compressed debug files: modules as distributions ship them (.ko.xz, .ko.zst, .ko.gz), vmlinux.xz.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace stallsight {

bool is_compressed(std::string_view bytes);
// The bytes as they are, or unpacked where they begin with the mark of xz, gzip, zstd, bzip2 or lz4.
Result<Bytes> decompressed(const std::string& name, const Bytes& bytes);

}  // namespace stallsight
