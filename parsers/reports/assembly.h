// From places where a literal was found to reports: decides which place is a header, and which lines are whose.
#pragma once

#include <string_view>
#include <vector>

#include "base/progress.h"
#include "parsers/records/line_index.h"
#include "parsers/reports/event.h"

namespace stallsight {

// `places`: offsets of report literals, ascending. All reports, in log order.
std::vector<Event> assemble_reports(std::string_view text, const LineIndex& index,
                                    const std::vector<std::uint64_t>& places, const Progress& progress);

}  // namespace stallsight
