// Saved sessions of `crash`: bt, bt -a, foreach bt, ps, sys, log. Formats: crash 8.0.2, task.c, x86_64.c, ppc64.c.
#pragma once

#include <string_view>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

KernelState parse_crash_text(std::string_view text);

}  // namespace stallsight
