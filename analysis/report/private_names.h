// Names that no pattern tells from other words, found where a text announces them: machines and serial numbers.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

struct PrivateNames {
    std::set<std::string> hosts, serials;
};

// Of one line: "Set hostname to <gw7>", "Linux version 6.1.0 (root@farm)", "SerialNumber: 4C530001".
void collect_announced(std::string_view line, PrivateNames& names);

// Of all logs and other texts of the bundle; machines that syslog lines name, too. Reads every line.
PrivateNames private_names(const Analysis& analysis);

}  // namespace stallsight
