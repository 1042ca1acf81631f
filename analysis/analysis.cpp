#include "analysis/analysis.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

namespace stallsight {

const EventInfo* Analysis::event(const std::string& id) const {
    std::size_t number = 0;
    if (!id.starts_with('e')) return nullptr;
    std::from_chars(id.data() + 1, id.data() + id.size(), number);
    if (number == 0 || number > events.size()) return nullptr;
    return &events[number - 1];
}

EventInfo* Analysis::event(const std::string& id) {
    return const_cast<EventInfo*>(std::as_const(*this).event(id));
}

// Chains stand in the order of their events.
const Chain* Analysis::chain_of(const std::string& event_id) const {
    const EventInfo* wanted = event(event_id);
    const auto before = [this](const Chain& chain, const EventInfo* other) {
        return std::less<>()(event(chain.event), other);
    };
    const auto it = std::lower_bound(chains.begin(), chains.end(), wanted, before);
    return wanted != nullptr && it != chains.end() && it->event == event_id ? &*it : nullptr;
}

std::vector<const Chain*> Analysis::first_chains() const {
    std::vector<const Chain*> out;
    std::set<std::string> seen;
    for (const Chain& chain : chains)
        if (const EventInfo* cause = event(chain.event); cause != nullptr && seen.insert(cause->signature).second)
            out.push_back(&chain);
    return out;
}

const CoreClock* Analysis::clock_of(const std::string& board, const std::string& core, int boot) const {
    const CoreClock* found = nullptr;  // clocks of a core are in the order of its boots
    for (const CoreClock& clock : clocks)
        if (clock.board == board && clock.core == core && (found == nullptr || clock.boot <= boot)) found = &clock;
    return found;
}

const ClockOffset* Analysis::offset_of(const std::string& board, const std::string& core) const {
    auto it = std::find_if(offsets.begin(), offsets.end(),
                           [&](const ClockOffset& o) { return o.board == board && o.core == core; });
    return it == offsets.end() || !it->contradiction.empty() ? nullptr : &*it;
}

}  // namespace stallsight
