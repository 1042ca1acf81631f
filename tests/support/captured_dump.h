// The captures' two dumps of one machine; tests skip without them.
#pragma once

#include <array>
#include <filesystem>

#include "parsers/vmcore/dump.h"

namespace stallsight {

inline const std::filesystem::path captured_dumps =
    std::filesystem::path(STALLSIGHT_SOURCE_DIR) / "../shared/captures/x86_64/vmcore-spin";

// Flattened by QEMU, complete; and filtered by makedumpfile.
inline constexpr std::array captured_dump_names = {"vmcore.kdump-zlib", "vmcore.makedumpfile-d31-zlib"};

inline Result<Dump> open_dump(const std::filesystem::path& path) {
    auto bytes = Bytes::map_file(path.string());
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    return Dump::open({{path.filename().string(), *bytes, path.string()}});
}

}  // namespace stallsight
