// Which reports of one core tell of the same stall: one stall a grace period (RCU), one a CPU or task (lockups,
// hung tasks, workqueues).
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/stalls/sighting.h"

namespace stallsight {

struct Incident {
    StallEpisode episode;  // without its start, its end, and what it held up
    std::vector<Sighting> sightings;
};

class Incidents {
public:
    explicit Incidents(const CoreInfo& core) : core_(core) {}

    void take(Sighting sighting);
    std::vector<Incident>& all() { return incidents_; }

private:
    Incident& incident_of(const Sighting& sighting);

    const CoreInfo& core_;
    std::vector<Incident> incidents_;
    // The incidents that a sighting of this key may belong to, in their order: a log may hold many thousand.
    std::unordered_map<std::string, std::vector<std::size_t>> by_key_;
};

}  // namespace stallsight
