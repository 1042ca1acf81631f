// Result lines of rcutorture's kin: kernel/scftorture.c, kernel/rcu/rcuscale.c, kernel/rcu/refscale.c (6.1).
#pragma once

#include <string_view>

#include "parsers/rcutorture/sample.h"

namespace stallsight {

// Reads the first line of such a result into `sample`: kind `other` with counters["what"], or start and end of a
// test. False, and `sample` untouched, when it is none.
bool read_scale(std::string_view message, TortureSample& sample);

// refscale prints a table behind "Runs\tTime(ns)", one line a run; true when the line belongs to it.
bool continue_scale(std::string_view message, TortureSample& sample);

}  // namespace stallsight
