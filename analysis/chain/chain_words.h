// A chain in words, the same on the command line, in the report and in the window.
#pragma once

#include <string>
#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

// What the task did: "slept in mutex_lock with bottom halves off since __dev_queue_xmit".
std::string chain_words(const Chain& chain);

// What stands beside the last frame: "sleeps: not allowed here".
std::string_view end_words(Chain::Ending ending);

// "preempt_count 0x00000203 = bottom halves off once + 3", or that the report prints none.
std::string count_words(const Chain& chain);

// "0x202 + 1 by schedule() = 0x00000203, as printed"; empty where no count is printed.
std::string sum_words(const Chain& chain);

// "+0x200 bottom halves off", "-0x1 spin lock released"; without a change its remark, or nothing.
std::string effect_words(const Link& link);

}  // namespace stallsight
