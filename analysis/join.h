// What several logs of one core have in common: parts of a rotated log go on in each other, and the same message
// may lie in several files (a console capture and dmesg).
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// The boots of a rotated log are counted through its parts, and a report that rotation cut in two is one again.
void join_rotated_logs(Analysis& analysis);

// Folds reports and torture samples that several files of a core hold into one. What is kept names the others in
// fields["copies_in"].
void fold_copies_across_files(Analysis& analysis);

}  // namespace stallsight
