// Sessions of `crash` saved by a person, prompts and all: sys, log, ps, runq, mod, bt, bt -a, foreach bt; and back
// traces that drgn and gdb print. Formats: crash_rows.h, crash_frame.h, debugger_text.h.
#pragma once

#include <string_view>

#include "parsers/records/decode.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

KernelState parse_crash_text(std::string_view text);

// The kernel log that is in a session, to be read as one; its lines know where they stand in `text`.
Result<RewrittenLog> log_of_crash_text(const KernelState& state, std::string_view text);

}  // namespace stallsight
