#include "analysis/torture.h"

namespace stallsight {

std::optional<double> versions_per_second(const TortureSample& first, const TortureSample& last) {
    const bool timed = first.time && last.time && first.boot == last.boot && *last.time > *first.time;
    if (!timed || !first.version || !last.version) return std::nullopt;
    return static_cast<double>(*last.version - *first.version) / seconds(*last.time - *first.time);
}

}  // namespace stallsight
