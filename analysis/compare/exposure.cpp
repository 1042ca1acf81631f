#include "analysis/compare/exposure.h"

#include <algorithm>

namespace stallsight {

namespace {

using Span = std::pair<double, double>;

void add(std::vector<Span>& spans, std::optional<Time> first, std::optional<Time> last) {
    if (first && last && *last > *first) spans.emplace_back(seconds(*first), seconds(*last));
}

double length_of_union(std::vector<Span> spans) {
    std::sort(spans.begin(), spans.end());
    double length = 0;
    double end = 0;
    for (const auto& [from, to] : spans) {
        length += std::max(0.0, to - std::max(from, end));
        end = std::max(end, to);
    }
    return length;
}

}  // namespace

double covered_seconds(const Analysis& analysis) {
    // Boots are numbered within a log. Of two logs of a core the last boots are taken to be one and the same.
    std::map<std::tuple<std::string, std::string, std::size_t>, std::vector<Span>> boots;
    for (const ArtifactInfo& info : analysis.artifacts) {
        const auto& earlier = info.scan.earlier_boots;
        const auto boot_before_last = [&](std::size_t n) -> std::vector<Span>& {
            return boots[{info.artifact.board, info.artifact.core, n}];
        };
        add(boot_before_last(0), info.scan.first_time, info.scan.last_time);
        for (std::size_t i = 0; i < earlier.size(); ++i)
            add(boot_before_last(earlier.size() - i), earlier[i].first, earlier[i].last);
    }
    double sum = 0;
    for (auto& [boot, spans] : boots) sum += length_of_union(std::move(spans));
    return sum;
}

}  // namespace stallsight
