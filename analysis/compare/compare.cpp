#include "analysis/compare/compare.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

ComparedSide side_of(const Analysis& analysis) {
    ComparedSide side;
    side.name = analysis.bundle_name;
    for (const ArtifactInfo& info : analysis.artifacts) side.artifacts.push_back(info.artifact.path);
    for (const CoreInfo& core : analysis.cores)
        if (core.first_s && core.last_s) side.exposure_s += *core.last_s - *core.first_s;
    const TortureInfo* first = nullptr;
    const TortureInfo* last = nullptr;
    for (const TortureInfo& info : analysis.torture) {
        if (info.sample.kind != TortureSample::Kind::statistics) continue;
        ++side.torture_samples;
        side.torture_failures += info.sample.flags.empty() ? 0 : 1;
        if (first == nullptr) first = &info;
        last = &info;
    }
    if (first != nullptr) side.grace_periods_per_s = versions_per_second(first->sample, last->sample);
    return side;
}

bool on_patched_chain(const Analysis& analysis, const EventInfo& event) {
    const Chain* chain = analysis.chain_of(event.id);
    return chain != nullptr && std::any_of(chain->links.begin(), chain->links.end(),
                                           [](const Link& link) { return !link.hunks.empty(); });
}

class Matcher {
public:
    void add(const Analysis& analysis, bool is_before) {
        for (const EventInfo& event : analysis.events) {
            if (!event.caused_by.empty()) continue;  // damage comes and goes with its cause
            SignatureComparison& row = row_of(event);
            ++(is_before ? row.before : row.after).count;
            row.patched = row.patched || on_patched_chain(analysis, event);
        }
    }

    std::vector<SignatureComparison> take() { return std::move(rows_); }

private:
    SignatureComparison& row_of(const EventInfo& event) {
        const auto it = std::find_if(rows_.begin(), rows_.end(),
                                     [&](const SignatureComparison& r) { return r.signature == event.signature; });
        if (it != rows_.end()) return *it;
        SignatureComparison row;
        row.signature = event.signature;
        row.title = event.title;
        row.kind = event.report.kind;
        row.function = event.guilty.function;
        row.module = event.guilty.module;
        rows_.push_back(std::move(row));
        return rows_.back();
    }

    std::vector<SignatureComparison> rows_;
};

std::string verdict_of(const SignatureComparison& row) {
    if (row.before.count == 0) return "new";
    if (row.after.count == 0) return "not_shown";
    return "unchanged";
}

std::string sentence_of(const Comparison& comparison) {
    std::size_t gone = 0;
    std::size_t stayed = 0;
    std::size_t fresh = 0;
    for (const SignatureComparison& row : comparison.signatures) {
        gone += row.verdict == "not_shown" ? 1 : 0;
        stayed += row.verdict == "unchanged" ? 1 : 0;
        fresh += row.verdict == "new" ? 1 : 0;
    }
    if (comparison.signatures.empty()) return "Neither side has a kernel report.";
    std::string out = counted(gone, "signature") + " vanished, " + std::to_string(stayed) + " stayed, " +
                      std::to_string(fresh) + (fresh == 1 ? " is new" : " are new");
    if (gone > 0)
        out += "; the after side covers " + duration_words(comparison.after.exposure_s) + " against " +
               duration_words(comparison.before.exposure_s) +
               " before, so that what vanished is not yet proved cured";
    return out + ".";
}

Json count_json(const SideCount& count) {
    return {{"count", count.count}, {"rate_per_h", count.rate_per_h ? Json(*count.rate_per_h) : Json(nullptr)}};
}

Json side_json(const ComparedSide& side) {
    return {{"name", side.name},
            {"artifacts", side.artifacts},
            {"exposure_s", side.exposure_s},
            {"rcutorture",
             {{"samples", side.torture_samples},
              {"failures", side.torture_failures},
              {"versions_per_s", side.grace_periods_per_s ? Json(*side.grace_periods_per_s) : Json(nullptr)}}}};
}

}  // namespace

Comparison compare(const Analysis& before, const Analysis& after) {
    Comparison out;
    out.before = side_of(before);
    out.after = side_of(after);
    Matcher matcher;
    matcher.add(before, true);
    matcher.add(after, false);
    out.signatures = matcher.take();
    for (SignatureComparison& row : out.signatures) {
        auto rate = [](SideCount& count, double exposure_s) {
            if (exposure_s > 0) count.rate_per_h = static_cast<double>(count.count) * 3600 / exposure_s;
        };
        rate(row.before, out.before.exposure_s);
        rate(row.after, out.after.exposure_s);
        row.verdict = verdict_of(row);
    }
    out.verdict = sentence_of(out);
    return out;
}

std::string to_json(const Comparison& comparison) {
    Json rows = Json::array();
    for (const SignatureComparison& row : comparison.signatures)
        rows.push_back({{"signature", row.signature},
                        {"title", row.title},
                        {"kind", std::string(name_of(row.kind))},
                        {"function", row.function},
                        {"module", row.module},
                        {"verdict", row.verdict},
                        {"near", Json::array()},
                        {"before", count_json(row.before)},
                        {"after", count_json(row.after)},
                        {"patched", row.patched}});
    const Json out = {{"schema", "stallsight.comparison/1"},
                      {"sides", Json::array({side_json(comparison.before), side_json(comparison.after)})},
                      {"signatures", std::move(rows)},
                      {"verdict", comparison.verdict}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
