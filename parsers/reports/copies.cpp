#include "parsers/reports/copies.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace stallsight {

namespace {

bool is_copy(const Event& event, const Event& earlier) {
    if (event.kind != earlier.kind || event.headline != earlier.headline) return false;
    if (!event.time) return event.frames.empty() && earlier.time.has_value();
    const bool early_boot = *event.time < std::chrono::seconds(1);
    return event.time == earlier.time && !early_boot && event.frames.size() == earlier.frames.size();
}

}  // namespace

void fold_copies(std::vector<Event>& events) {
    std::unordered_map<std::string, std::vector<std::size_t>> seen;
    std::vector<Event> kept;
    for (Event& event : events) {
        std::vector<std::size_t>& same = seen[event.headline];
        const auto original =
            std::find_if(same.begin(), same.end(), [&](std::size_t i) { return is_copy(event, kept[i]); });
        if (original != same.end()) {
            kept[*original].fields["copies"].push_back(event.line);
            continue;
        }
        if (same.size() < 64) same.push_back(kept.size());
        kept.push_back(std::move(event));
    }
    events = std::move(kept);
}

}  // namespace stallsight
