// What rcutorture's samples say together.
#pragma once

#include <optional>

#include "parsers/rcutorture/sample.h"

namespace stallsight {

// How fast rcutorture's writer went between two statistics of one boot (ver: counts its updates); nothing when a
// version or a time is missing, or the time did not advance.
std::optional<double> versions_per_second(const TortureSample& first, const TortureSample& last);

}  // namespace stallsight
