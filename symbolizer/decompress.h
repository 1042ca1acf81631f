// Compressed debug files: modules as distributions ship them (.ko.xz, .ko.zst, .ko.gz), vmlinux.xz.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace stallsight {

// The bytes as they are, or unpacked where they begin with the mark of xz, gzip, zstd, bzip2 or lz4.
Result<Bytes> decompressed(const std::string& name, const Bytes& bytes);

}  // namespace stallsight
