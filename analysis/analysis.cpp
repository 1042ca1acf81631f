#include "analysis/analysis.h"

#include <algorithm>

namespace stallsight {

const EventInfo* Analysis::event(const std::string& id) const {
    auto it = std::find_if(events.begin(), events.end(), [&](const EventInfo& e) { return e.id == id; });
    return it == events.end() ? nullptr : &*it;
}

const Chain* Analysis::chain_of(const std::string& event_id) const {
    auto it = std::find_if(chains.begin(), chains.end(), [&](const Chain& c) { return c.event == event_id; });
    return it == chains.end() ? nullptr : &*it;
}

}  // namespace stallsight
