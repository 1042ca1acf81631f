// The bundle that most tests of the programs are on.
#pragma once

#include <string>

namespace stallsight::test {

inline const std::string sample = STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby";

}  // namespace stallsight::test
