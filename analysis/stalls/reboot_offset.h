// The offset of two cores' clocks, of what one's log says about the other's reboots.
#pragma once

#include "analysis/stalls/reboot_markers.h"

namespace stallsight {

struct RebootOffset {
    double offset_s =
        0;  // to add to the times of the other core's last boot, to have those of the one that says so
    double error_s = 0;
    std::string basis;
};

// Nothing: no marker, or the other core's log fits more than one of the lives that the markers tell apart.
std::optional<RebootOffset> reboot_offset(const Analysis& analysis, const Core& says, const Core& of);

}  // namespace stallsight
