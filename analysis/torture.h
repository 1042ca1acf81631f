// What rcutorture's samples say together.
#pragma once

#include <optional>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// By the kernel's own names: "statistics", "rcu_torture_fwd_prog_nr".
std::string_view name_of(TortureSample::Kind kind);

// How fast rcutorture's writer went between two statistics of one boot (ver: counts its updates); nothing when a
// version or a time is missing, or the time did not advance.
std::optional<double> versions_per_second(const TortureSample& first, const TortureSample& last);

// The writer between two statistics that follow one another.
struct TortureRate {
    const TortureInfo* first = nullptr;
    const TortureInfo* last = nullptr;
    double from_s = 0, to_s = 0;
    double versions_per_s = 0;
};
std::vector<TortureRate> torture_rates(const Analysis& analysis, const CoreInfo& core);

// The writer stood still, or the statistics ceased, before the test's end.
struct TortureStop {
    std::string board, core;
    int boot = 0;
    Window when;                // in which it made its last update
    double versions_per_s = 0;  // in the interval before
    std::size_t artifact = 0;
    std::uint64_t line = 0;  // of the first sample without progress; where they ceased, of the last one
    std::string why;         // "ver: stays at 1656"
};
std::optional<TortureStop> torture_stop(const Analysis& analysis, const CoreInfo& core);

// Of the last test, by its own word: "End of test"; nothing: it still runs, or no one says.
std::optional<double> torture_end_s(const Analysis& analysis, const CoreInfo& core);

// "made no progress from 173.40 s on: ver: stays at 1656"
std::string stop_words(const TortureStop& stop);

}  // namespace stallsight
