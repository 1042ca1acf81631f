#include "analysis/torture.h"

#include <algorithm>

#include "analysis/words.h"

namespace stallsight {

namespace {

// The clean-up prints the statistics once more, with the writer at rest (rcu_torture_cleanup()).
bool ended_by(const Analysis& analysis, const TortureInfo& sample) {
    constexpr double cleanup_s = 1;
    return std::any_of(analysis.torture.begin(), analysis.torture.end(), [&](const TortureInfo& other) {
        return other.sample.kind == TortureSample::Kind::end && other.board == sample.board &&
               other.core == sample.core && other.sample.boot == sample.sample.boot && other.sample.time &&
               seconds(*other.sample.time) <= seconds(*sample.sample.time) + cleanup_s;
    });
}

bool ends_after(const Analysis& analysis, const TortureInfo& sample) {
    return std::any_of(analysis.torture.begin(), analysis.torture.end(), [&](const TortureInfo& other) {
        return other.sample.kind == TortureSample::Kind::end && other.board == sample.board &&
               other.core == sample.core && other.sample.boot == sample.sample.boot;
    });
}

double usual_interval(const std::vector<TortureRate>& rates) {
    std::vector<double> lengths;
    for (const TortureRate& rate : rates) lengths.push_back(rate.to_s - rate.from_s);
    std::nth_element(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2),
                     lengths.end());
    return lengths[lengths.size() / 2];
}

TortureStop stop_at(const CoreInfo& core, const TortureRate& before, const TortureInfo& sample) {
    TortureStop stop;
    stop.board = core.board;
    stop.core = core.core;
    stop.boot = sample.sample.boot;
    stop.versions_per_s = before.versions_per_s;
    stop.artifact = sample.artifact;
    stop.line = sample.sample.line;
    return stop;
}

}  // namespace

std::string_view name_of(TortureSample::Kind kind) {
    switch (kind) {
        case TortureSample::Kind::start:
            return "start";
        case TortureSample::Kind::statistics:
            return "statistics";
        case TortureSample::Kind::fwd_prog_nr:
            return "rcu_torture_fwd_prog_nr";
        case TortureSample::Kind::fwd_prog_cr:
            return "rcu_torture_fwd_prog_cr";
        case TortureSample::Kind::fwd_cb_hist:
            return "rcu_torture_fwd_cb_hist";
        case TortureSample::Kind::end:
            return "end";
        case TortureSample::Kind::other:
            break;
    }
    return "other";
}

std::optional<double> versions_per_second(const TortureSample& first, const TortureSample& last) {
    const bool timed = first.time && last.time && first.boot == last.boot && *last.time > *first.time;
    if (!timed || !first.version || !last.version) return std::nullopt;
    return static_cast<double>(*last.version - *first.version) / seconds(*last.time - *first.time);
}

std::vector<TortureRate> torture_rates(const Analysis& analysis, const CoreInfo& core) {
    std::vector<TortureRate> rates;
    const TortureInfo* before = nullptr;
    for (const TortureInfo& info : analysis.torture) {
        const TortureSample& sample = info.sample;
        if (info.board != core.board || info.core != core.core || sample.kind != TortureSample::Kind::statistics ||
            !sample.version || !sample.time)
            continue;
        if (const auto rate = before != nullptr ? versions_per_second(before->sample, sample) : std::nullopt)
            rates.push_back({before, &info, seconds(*before->sample.time), seconds(*sample.time), *rate});
        before = &info;
    }
    return rates;
}

std::optional<double> torture_end_s(const Analysis& analysis, const CoreInfo& core) {
    std::optional<double> end;
    for (const TortureInfo& info : analysis.torture) {
        if (info.board != core.board || info.core != core.core || !info.sample.time) continue;
        if (info.sample.kind == TortureSample::Kind::start) end.reset();
        if (info.sample.kind == TortureSample::Kind::end) end = seconds(*info.sample.time);
    }
    return end;
}

std::optional<TortureStop> torture_stop(const Analysis& analysis, const CoreInfo& core) {
    const std::vector<TortureRate> rates = torture_rates(analysis, core);
    const auto moving =
        std::find_if(rates.rbegin(), rates.rend(), [](const auto& r) { return r.versions_per_s > 0; });
    if (moving == rates.rend()) return std::nullopt;
    const TortureRate& before = *moving;
    if (moving != rates.rbegin()) {
        const TortureRate& still = *(moving - 1);
        if (still.first->sample.boot != before.last->sample.boot || ended_by(analysis, *still.last))
            return std::nullopt;
        TortureStop stop = stop_at(core, before, *still.last);
        // The last sample that had moved was printed behind its last update.
        stop.when = {before.to_s, still.to_s};
        stop.why = "ver: stays at " + std::to_string(*still.last->sample.version);
        return stop;
    }
    // No further statistics although the log goes on. A log of several boots does not tell how long.
    constexpr std::size_t enough = 2;
    constexpr double patience = 2.5;
    const double interval = usual_interval(rates);
    const bool one_boot = analysis.artifacts[before.last->artifact].scan.boots <= 1;
    const bool goes_on = core.last_s && *core.last_s > before.to_s + patience * interval;
    if (rates.size() < enough || !one_boot || !goes_on || ends_after(analysis, *before.last)) return std::nullopt;
    TortureStop stop = stop_at(core, before, *before.last);
    stop.when = {before.to_s, before.to_s + interval};
    stop.why = "no more statistics, which came every " + fixed(interval, 0) + " s, though the log goes on to " +
               fixed(*core.last_s, 2) + " s";
    return stop;
}

std::string stop_words(const TortureStop& stop) {
    return "made no progress from " + fixed(stop.when.from_s, 2) + " s on (at the latest from " +
           fixed(stop.when.to_s, 2) + " s): " + stop.why;
}

}  // namespace stallsight
