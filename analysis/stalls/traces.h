// What a log says, outside its reports, about when a stall began and ended: lines of the task that stalled, or of
// the module whose function it was in.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

struct Trace {
    double at_s = 0;
    std::uint64_t line = 0;
    std::string basis;  // "hwa_diag printed again: console.log:229"
};

// The last such line before the report within the window; where a CPU is given, the last one that names it.
std::optional<Trace> trace_before(const Analysis& analysis, const EventInfo& report, const Window& window,
                                  std::optional<int> cpu = {});
// The first such line behind the report within the window.
std::optional<Trace> trace_after(const Analysis& analysis, const EventInfo& report, const Window& window);

}  // namespace stallsight
