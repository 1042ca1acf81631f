// What makes two events "the same" across runs and builds: kind and guilty function, never an address, a pid, a
// CPU.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// "atomic_sleep/nokia_rpmsg_notify [rpmsg_platform_driver]"
std::string signature_of(const EventInfo& event);

// nokia_rpmsg_notify.isra.0 in one build is nokia_rpmsg_notify in the next.
std::string without_clone_suffix(const std::string& function);

}  // namespace stallsight
