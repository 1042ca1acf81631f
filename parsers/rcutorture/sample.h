// rcutorture's lines (kernel/rcu/rcutorture.c): statistics, forward progress, start and end of test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

struct TortureSample {
    enum class Kind { start, statistics, fwd_prog_nr, fwd_prog_cr, fwd_cb_hist, end, other };
    Kind kind = Kind::statistics;
    std::uint64_t line = 0, line_last = 0;
    std::optional<Time> time;
    int boot = 0;
    std::string torture_type;             // "rcu", "srcu" ... or empty: the prefix before "-torture:"
    std::string flags;                    // "!!!" or "???" as printed
    std::optional<std::int64_t> version;  // ver:
    JsonObject counters;                  // every counter by its printed name; "Reader Pipe": [..] as arrays
    bool failed = false;                  // the kernel's own tests would call this a failure
    std::vector<std::string> words;       // what the counters that are not zero mean, a sentence each
};

}  // namespace stallsight
