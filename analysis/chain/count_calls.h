// Kernel functions whose call changes preempt_count: what debug info shows on the way to a frame's return address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "symbolizer/symbolizer.h"

namespace stallsight {

// Is the function one of them? For Symbolizer::paths_to().
bool changes_count(std::string_view function);

// What one call on the way added or took away.
struct CountChange {
    std::int64_t added = 0;
    std::string words;  // "spin lock"
    std::string how;    // "calls _raw_spin_lock"
    std::uint64_t offset = 0;
};

// A way through a function: the changes that are not undone on it.
struct CountWay {
    std::vector<CountChange> changes;
    int guesses = 0;  // trylocks taken to have succeeded or failed

    [[nodiscard]] std::int64_t sum() const;
};

// Every way, each once. A way with a call whose argument is not known is left out.
std::vector<CountWay> count_ways(const std::vector<CallPath>& paths);

}  // namespace stallsight
