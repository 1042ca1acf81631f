// What a log says, outside its reports, about when a stall began and ended: lines of the task that stalled, or of
// the module whose function it was in.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

struct Trace {
    double at_s = 0;
    std::uint64_t line = 0;
    std::string basis;  // "hwa_diag printed again: console.log:229"
};

class Traces {
public:
    explicit Traces(const Analysis& analysis) : analysis_(analysis) {}

    // The last such line before the report within the window; where a CPU is given, the last one that names it.
    std::optional<Trace> before(const EventInfo& report, const Window& window, std::optional<int> cpu = {});
    // The first such line behind the report within the window.
    std::optional<Trace> after(const EventInfo& report, const Window& window);

private:
    using Spans = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // first byte, end; in order

    const Spans& reports_of(std::size_t artifact);

    const Analysis& analysis_;
    std::map<std::size_t, Spans> reports_;  // by artifact, for those that were asked
};

}  // namespace stallsight
