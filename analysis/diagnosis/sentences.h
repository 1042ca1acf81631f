// Parts of sentences that diagnoses share: who, where, by what evidence.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// Neither a consequence of another report, nor set aside by the engineer.
bool stands_for_itself(const EventInfo& event);

// "nt-a core-0", or empty when the bundle does not say.
std::string place_words(const Artifact& artifact);
// "nt-a/core-0/kern.log:25"
std::string evidence_place(const Analysis& analysis, const EventInfo& event, std::uint64_t line = 0);
// "clock_hwa_app (pid 5079, nt-a core-0, CPU 1)"
std::string who_and_where(const Analysis& analysis, const EventInfo& event);
// "nt-a/core-0/kern.log:25: the kernel printed "BUG: ..."."
std::string headline_step(const Analysis& analysis, const EventInfo& event);
// "nokia_rpmsg_notify [rpmsg_platform_driver] is blamed: ..."
std::string blame_step(const EventInfo& event);

}  // namespace stallsight
