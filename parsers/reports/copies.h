// The same report may be in a log twice: a console and a syslog copy, or a list of alerts made of the log.
#pragma once

#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

// Folds copies into the first of them, which keeps their lines in fields["copies"].
void fold_copies(std::vector<Event>& events);

}  // namespace stallsight
