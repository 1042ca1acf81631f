// Messages that two cores have both logged, of which their clocks' offset follows.
#pragma once

#include <optional>

#include "analysis/analysis.h"
#include "analysis/stalls/core.h"

namespace stallsight {

struct SharedMessages {
    double offset_s = 0;  // to add to the second core's times
    double error_s = 0;
    std::string basis;
};

// Messages with a number in them that stand just once in the logs of either core, later than what every boot
// prints. Nothing: there are too few, or they do not agree.
std::optional<SharedMessages> shared_messages(const Analysis& analysis, const Core& first, const Core& second);

}  // namespace stallsight
