// Is a debug file of the kernel that printed the log?
#pragma once

#include <string>

#include "symbolizer/symbolizer.h"

namespace stallsight {

// Why not, as a clause that names the file: by build-id (STACKTRACE_BUILD_ID), by the kernel's banner
// (init/version.c: linux_banner), by the release that the banner and a module's vermagic start with, by a module's
// srcversion (scripts/mod/modpost.c: an MD4 of its sources) and vermagic. Empty where nothing speaks against it.
std::string other_build(const DebugFile& file, const CodePlace& place);

}  // namespace stallsight
