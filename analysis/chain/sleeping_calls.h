// Functions that may sleep, as their callers know them.
#pragma once

#include <string_view>

namespace stallsight {

struct SleepingCall {
    std::string_view caller_name;
    std::string_view prefix;  // of the frames inside it: its inside shows on a stack, not always itself
};

// Null: not known to sleep.
const SleepingCall* sleeping_call(std::string_view function);

}  // namespace stallsight
