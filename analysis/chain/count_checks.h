// preempt_count against what the same report says elsewhere.
#pragma once

#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

// `text`: of the report, for its registers; may be empty.
std::vector<CountCheck> check_count(const Event& report, const std::optional<PreemptCount>& count,
                                    std::string_view text);

}  // namespace stallsight
