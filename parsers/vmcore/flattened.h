// makedumpfile's flattened format (makedumpfile -F, QEMU dump-guest-memory -z): a dump as a stream of pieces, each
// with its offset, for a pipe that cannot seek. Source: makedumpfile 1.7.2, makedumpfile.h (makedumpfile_header,
// makedumpfile_data_header); QEMU 7.2, include/sysemu/dump.h.
#pragma once

#include <string>
#include <string_view>

#include "base/private_file.h"
#include "base/progress.h"

namespace stallsight {

bool is_flattened(std::string_view bytes);

struct Rearranged {
    PrivateFile file;
    std::string damage;  // why it ends early ("byte 4096: the stream ends inside a piece"), or empty
};

// The dump as a file. A piece that would lie far beyond what the stream can hold is damage: the file is never much
// larger than the stream. Fails where nothing can be rearranged.
Result<Rearranged> rearrange(const std::string& name, std::string_view stream, const Progress& progress);

}  // namespace stallsight
