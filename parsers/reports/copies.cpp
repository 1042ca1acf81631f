#include "parsers/reports/copies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stallsight {

namespace {

// Of reports with one and the same first line.
constexpr std::size_t most_compared = 64;
constexpr std::size_t most_lines = 1000;

bool is_copy(const Event& event, const Event& earlier) {
    if (event.kind != earlier.kind || event.headline != earlier.headline) return false;
    if (!event.time) return event.frames.empty() && earlier.time.has_value();
    const bool early_boot = *event.time < std::chrono::seconds(1);
    return event.time == earlier.time && !early_boot && event.frames.size() == earlier.frames.size();
}

}  // namespace

void DistinctReports::add(Event event) {
    std::vector<std::size_t>& same = same_[event.headline];
    const auto original =
        std::find_if(same.begin(), same.end(), [&](std::size_t i) { return is_copy(event, kept_[i]); });
    if (original == same.end()) {
        if (same.size() < most_compared) same.push_back(kept_.size());
        kept_.push_back(std::move(event));
        return;
    }
    Fields& lines = kept_[*original].fields["copies"];
    const auto note = [&](const Fields& line) {
        if (lines.size() < most_lines) lines.push_back(line);
    };
    note(event.line);
    if (event.fields.contains("copies"))
        for (const Fields& line : event.fields["copies"]) note(line);
}

}  // namespace stallsight
