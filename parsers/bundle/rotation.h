// Rotated logs: kern.log, kern.log.1, kern.log.2.gz, messages-20260101.xz are parts of one log (logrotate(8)).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stallsight {

struct Rotation {
    std::string log;         // the path without what rotation and packing appended
    std::int64_t order = 0;  // within the log: smaller is older
};

Rotation rotation_of(std::string_view path);

}  // namespace stallsight
