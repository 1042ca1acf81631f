// What can be concluded, and what to do about it: a table of rules.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

// What a rule looks at: a report with its chain, or a stall with its first report.
struct Situation {
    const Analysis& analysis;
    const EventInfo& event;
    const Chain* chain = nullptr;
    const StallEpisode* stall = nullptr;
};

struct AdviceRule {
    std::string_view name;
    bool (*applies)(const Situation&);
    std::string_view sentence;                  // what the rule concludes
    std::string (*evidence)(const Situation&);  // what it concludes that from
    std::string_view advice;
    std::string_view reference;  // where the kernel's own documentation or source says so (6.1)
};

std::span<const AdviceRule> advice_rules();

// The first rule that applies, or null.
const AdviceRule* advice_rule(const Situation& situation);

}  // namespace stallsight
