// How control can have gone from a call to a function that was not the one called: by tail calls. A function
// that ends in a jump has no frame of its own in a stack.
#pragma once

#include <string>
#include <vector>

#include "symbolizer/debug_files.h"

namespace stallsight {

struct TailPath {
    bool found = false;
    std::vector<std::string>
        functions;          // from the called one on: those without a frame, as far as they are certain
    bool indirect = false;  // not found, but a jump that run time decides was on the way
    bool complete = true;   // false: code on the way is in no file, or too much to follow
};

// No file's mutex may be held.
TailPath tail_path(DebugFiles& files, LoadedFile& caller, const Call& call, const std::string& callee);

}  // namespace stallsight
