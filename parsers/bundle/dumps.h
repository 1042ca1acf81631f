// The memory dumps of a bundle: opened, and the log of each put beside it as one more kernel log.
#pragma once

#include <vector>

#include "parsers/bundle/bundle.h"
#include "parsers/vmcore/dump.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

struct BundleDump {
    std::size_t artifact = 0;  // index into Bundle::artifacts; of a split dump, its first file
    Dump dump;
    KernelState state;  // what it says without debug info: no tasks
};

// Adds to `bundle` an artifact "vmcore/log" right behind each dump that has a readable log. Dumps, and parts of
// them, that cannot be read are added to bundle.problems.
std::vector<BundleDump> open_dumps(Bundle& bundle, const Progress& progress = {});

}  // namespace stallsight
