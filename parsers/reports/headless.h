// Reports whose first lines are missing: the log begins inside them, or printk dropped what stood before.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/records/line_index.h"
#include "parsers/reports/event.h"

namespace stallsight {

// Adds, in log order, the partial reports that begin at `starts` (offsets of lines) and that no report in `events`
// covers. What kind they are is told by what their stack ran through; a stack that says nothing is no report. One
// with which the log begins is returned: it may be the rest of a report in an older file.
// `places`: offsets of report literals, ascending.
std::optional<Event> add_headless_reports(std::string_view text, const LineIndex& index,
                                          std::span<const std::uint64_t> places,
                                          const std::vector<std::uint64_t>& starts, std::vector<Event>& events);

}  // namespace stallsight
