// The same report may be in a log twice: a console and a syslog copy, or a list of alerts made of the log.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

// Collects reports and folds copies into the first of them, which keeps their lines in fields["copies"].
class DistinctReports {
public:
    void add(Event event);
    std::vector<Event> take() { return std::move(kept_); }

private:
    std::vector<Event> kept_;
    std::unordered_map<std::string, std::vector<std::size_t>> same_;  // headline -> indices into kept_
};

}  // namespace stallsight
