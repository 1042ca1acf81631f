// The boards and cores of a bundle: what each ran, and in what state it was.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

std::vector<CoreInfo> find_cores(const Analysis& analysis);

// One boot of a core: each has a clock of its own, which begins at 0.
struct CoreBoot {
    const CoreInfo* core = nullptr;
    int number = 0;                         // as Event::boot
    bool only = true;                       // of the core's boots that have anything to show
    bool last = true;                       // the one that the core's offset is for
    std::optional<double> first_s, last_s;  // kernel time that its logs cover

    [[nodiscard]] bool has(const Analysis& analysis, const EventInfo& event) const;
    [[nodiscard]] bool has(const StallEpisode& stall) const;
    [[nodiscard]] bool has_boot(int boot) const { return only || boot == number; }
    // How this boot's clock stands to the others, or null.
    [[nodiscard]] const ClockOffset* offset(const Analysis& analysis) const;
    [[nodiscard]] std::string words() const;  // ", boot 2", or empty where there is but one
};

// Of each core the boots with reports, stalls or rcutorture in them, and the last one, in this order.
std::vector<CoreBoot> boots_to_show(const Analysis& analysis);

}  // namespace stallsight
