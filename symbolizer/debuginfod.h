// Debug files from the servers that the user has named in DEBUGINFOD_URLS; without that nothing is asked anywhere.
#pragma once

#include <elfutils/libdwfl.h>

#include <string>

#include "base/error.h"
#include "base/progress.h"

namespace stallsight {

// libdebuginfod is loaded when it is needed, as libdw does it: it brings a web client along.
class Debuginfod {
public:
    enum class What { debuginfo, executable };

    // Reports to `progress` while it waits, and stops when that is cancelled; may be null.
    explicit Debuginfod(const Progress* progress) : progress_(progress) {}
    static bool enabled();

    // Path of the file in libdebuginfod's own cache. An error without text: the user has named no server.
    [[nodiscard]] Result<std::string> find(const std::string& build_id, What what) const;
    // Lets a libdwfl session that looks for separate debug info do the same.
    void watch(Dwfl* session) const;

private:
    const Progress* progress_;
};

}  // namespace stallsight
