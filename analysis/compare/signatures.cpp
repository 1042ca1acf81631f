#include "analysis/compare/signatures.h"

#include <algorithm>
#include <set>

namespace stallsight {

namespace {

constexpr double near_distance = 0.5;
constexpr std::size_t most_near = 3;         // a signature
constexpr std::size_t most_compared = 1000;  // a side

// The report that all this came from.
const EventInfo& root_cause(const Analysis& analysis, const EventInfo& event) {
    const EventInfo* root = &event;
    for (std::size_t steps = 0; !root->caused_by.empty() && steps < analysis.events.size(); ++steps) {
        const EventInfo* cause = analysis.event(root->caused_by);
        if (cause == nullptr) break;
        root = cause;
    }
    return *root;
}

// Reports with the same key are one occurrence.
std::string occurrence_key(const Analysis& analysis, const EventInfo& event) {
    for (std::size_t i = 0; i < analysis.stalls.size(); ++i) {
        const auto& events = analysis.stalls[i].events;
        if (std::find(events.begin(), events.end(), event.id) != events.end()) return "stall " + std::to_string(i);
    }
    if (!event.report.time) return event.id;
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    return artifact.board + "\n" + artifact.core + "\n" + std::to_string(event.report.time->count()) + "\n" +
           event.report.headline;
}

class Gatherer {
public:
    Gatherer(std::size_t sides, std::set<std::string> set_aside)
        : sides_(sides), set_aside_(std::move(set_aside)) {}

    void add(const Analysis& run, std::size_t side) {
        std::map<std::size_t, std::set<std::string>> occurrences;
        for (const EventInfo& event : run.events) {
            if (set_aside_.contains(event.signature)) continue;
            const std::size_t number = row_of(event);
            SignatureRow& row = rows_[number];
            ++row.comparison.sides[side].count;
            occurrences[number].insert(occurrence_key(run, event));
            row.events[side].push_back(&event);
            ++stacks_[number][stack_of(event)];
            ++causes_[number][event.caused_by.empty() ? std::string() : root_cause(run, event).signature];
        }
        for (const auto& [number, keys] : occurrences)
            rows_[number].comparison.sides[side].occurrences += keys.size();
    }

    std::vector<SignatureRow> take() {
        const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            rows_[i].stack = std::max_element(stacks_[i].begin(), stacks_[i].end(), by_count)->first;
            const bool has_root = causes_[i].contains("") || causes_[i].contains(rows_[i].comparison.signature);
            if (!has_root)
                rows_[i].comparison.cause = std::max_element(causes_[i].begin(), causes_[i].end(), by_count)->first;
        }
        return std::move(rows_);
    }

private:
    std::size_t row_of(const EventInfo& event) {
        const auto [place, is_first] = numbers_.try_emplace(event.signature, rows_.size());
        if (!is_first) return place->second;
        SignatureRow row;
        row.comparison.signature = event.signature;
        row.comparison.title = event.title;
        row.comparison.kind = event.report.kind;
        row.comparison.function = event.guilty.function;
        row.comparison.module = event.guilty.module;
        row.comparison.sides.resize(sides_);
        row.events.resize(sides_);
        rows_.push_back(std::move(row));
        stacks_.emplace_back();
        causes_.emplace_back();
        return place->second;
    }

    std::size_t sides_;
    std::set<std::string> set_aside_;
    std::vector<SignatureRow> rows_;
    std::map<std::string, std::size_t> numbers_;
    // Of each row: how often each stack and each cause; an empty cause: the report stands for itself.
    std::vector<std::map<Stack, std::size_t>> stacks_;
    std::vector<std::map<std::string, std::size_t>> causes_;
};

// What is not a problem in one run is none in the others.
std::set<std::string> set_aside_by_any(const std::vector<Side>& sides) {
    std::set<std::string> out;
    for (const Side& side : sides)
        for (const Analysis* run : side)
            for (const EventInfo& event : run->events)
                if (!event.set_aside.empty()) out.insert(event.signature);
    return out;
}

// A signature that only one of the two sides has.
std::vector<std::size_t> rows_of_one_side(const std::vector<SignatureRow>& rows, bool is_before) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < rows.size() && out.size() < most_compared; ++i) {
        const bool before = rows[i].comparison.before().count > 0;
        const bool after = rows[i].comparison.after().count > 0;
        if (before != after && before == is_before) out.push_back(i);
    }
    return out;
}

void add_near(SignatureRow& here, const SignatureRow& there, std::size_t number, double distance) {
    here.comparison.near.push_back(
        {number, distance, only_in(here.stack, there.stack), only_in(there.stack, here.stack)});
}

}  // namespace

std::vector<SignatureRow> gather_signatures(const std::vector<Side>& sides) {
    Gatherer gatherer(sides.size(), set_aside_by_any(sides));
    for (std::size_t side = 0; side < sides.size(); ++side)
        for (const Analysis* run : sides[side]) gatherer.add(*run, side);
    return gatherer.take();
}

void find_near_matches(std::vector<SignatureRow>& rows) {
    const auto gone = rows_of_one_side(rows, true);
    const auto fresh = rows_of_one_side(rows, false);
    for (const std::size_t g : gone)
        for (const std::size_t f : fresh) {
            const double distance = stack_distance(rows[g].stack, rows[f].stack);
            const SignatureComparison& a = rows[g].comparison;
            const SignatureComparison& b = rows[f].comparison;
            const bool same_function = !a.function.empty() && a.function == b.function;
            if (distance > near_distance && !same_function) continue;
            add_near(rows[g], rows[f], f, distance);
            add_near(rows[f], rows[g], g, distance);
        }
    for (SignatureRow& row : rows) {
        auto& near = row.comparison.near;
        std::stable_sort(near.begin(), near.end(),
                         [](const NearMatch& a, const NearMatch& b) { return a.distance < b.distance; });
        if (near.size() > most_near) near.resize(most_near);
    }
}

}  // namespace stallsight
