#include "analysis/compare/torture.h"

#include <nlohmann/json.hpp>
#include <set>

#include "analysis/words.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

std::optional<double> number(const TortureSample& sample, const char* name) {
    const auto found = sample.counters.find(name);
    if (found == sample.counters.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

// rcu_torture_fwd_cb_hist counts callbacks by the tenth of a second that they were invoked in: "3s/10".
std::optional<double> mean_latency(const TortureSample& sample) {
    const auto histogram = sample.counters.find("histogram");
    if (histogram == sample.counters.end() || !histogram->is_array()) return std::nullopt;
    double callbacks = 0;
    double sum = 0;
    for (const Fields& row : *histogram) {
        const std::string bucket = row.value("bucket", "");
        std::string_view digits = bucket;
        const auto tenths = eat_number(digits);
        if (!tenths) continue;
        callbacks += row.value("callbacks", 0.0);
        sum += row.value("callbacks", 0.0) * static_cast<double>(*tenths) / 10;
    }
    if (callbacks <= 0) return std::nullopt;
    return sum / callbacks;
}

class Reader {
public:
    TortureSide take() {
        if (covered_s_ > 0) side_.versions_per_s = static_cast<double>(side_.versions) / covered_s_;
        return std::move(side_);
    }

    void read(const Analysis& analysis) {
        last_.clear();
        seen_.clear();
        for (const TortureInfo& info : analysis.torture) read(info);
    }

private:
    using Kind = TortureSample::Kind;

    void put(const char* measure, std::optional<double> value) {
        if (value) side_.values[measure].push_back(*value);
    }

    void read(const TortureInfo& info) {
        const TortureSample& sample = info.sample;
        // A console and its dmesg hold the same samples.
        if (sample.time && !seen_.insert({info.board, info.core, sample.kind, *sample.time}).second) return;
        if (sample.kind == Kind::statistics) read_statistics(info);
        if (sample.kind == Kind::fwd_prog_nr) put("fwd_prog_duration", number(sample, "Duration"));
        if (sample.kind == Kind::fwd_prog_cr) {
            put("fwd_prog_cr_duration", number(sample, "Duration"));
            put("fwd_prog_cr_barrier", number(sample, "barrier"));
        }
        if (sample.kind == Kind::fwd_cb_hist) put("callback_latency", mean_latency(sample));
        if (sample.kind == Kind::end) side_.results.push_back(sample.counters.value("result", ""));
    }

    void read_statistics(const TortureInfo& info) {
        ++side_.samples;
        side_.failures += info.sample.failed ? 1 : 0;
        if (!info.sample.version || !info.sample.time) return;
        const Point now{seconds(*info.sample.time), *info.sample.version};
        const auto [place, is_first] = last_.try_emplace({info.artifact, info.sample.boot}, now);
        const double passed_s = now.at_s - place->second.at_s;
        const std::int64_t grown = now.version - place->second.version;
        if (!is_first && passed_s > 0 && grown >= 0) {
            covered_s_ += passed_s;
            side_.versions += grown;
            // A last sample is printed a few milliseconds behind the one before it: no rate can be told from it.
            if (passed_s >= 1) put("versions_per_s", static_cast<double>(grown) / passed_s);
        }
        place->second = now;
    }

    struct Point {
        double at_s = 0;
        std::int64_t version = 0;
    };

    TortureSide side_;
    std::map<std::pair<std::size_t, int>, Point> last_;  // of each log and boot
    std::set<std::tuple<std::string, std::string, Kind, Time>> seen_;
    double covered_s_ = 0;
};

std::string sentence_of(const TortureComparison& comparison, const TortureSide& before, const TortureSide& after) {
    if (before.samples + after.samples == 0) return {};
    if (before.samples == 0 || after.samples == 0)
        return std::string("rcutorture ran only ") + (after.samples == 0 ? "before" : "after") + ".";
    std::vector<std::string> changed;
    for (const MeasureComparison& row : comparison.measures)
        if (row.p && *row.p <= error_level)
            changed.push_back(std::string(row.measure->words) + " went from " + fixed(row.before.mean, 2) + " to " +
                              fixed(row.after.mean, 2) + " " + std::string(row.measure->unit));
    std::string out = "rcutorture: " + counted(before.failures, "failure") + " in " +
                      counted(before.samples, "sample") + " before, " + std::to_string(after.failures) + " in " +
                      std::to_string(after.samples) + " after; ";
    return out + (changed.empty() ? "no measure differs beyond chance" : joined(changed)) + ".";
}

}  // namespace

const std::vector<TortureMeasure>& torture_measures() {
    static const std::vector<TortureMeasure> measures = {
        {"versions_per_s", "grace periods as the writer counts them", "versions/s"},
        {"fwd_prog_duration", "a forward-progress run", "jiffies"},
        {"fwd_prog_cr_duration", "a callback flood", "jiffies"},
        {"fwd_prog_cr_barrier", "rcu_barrier() behind a callback flood", "jiffies"},
        {"callback_latency", "callback latency", "s"},
    };
    return measures;
}

TortureSide torture_of(const std::vector<const Analysis*>& runs) {
    Reader reader;
    for (const Analysis* run : runs) reader.read(*run);
    return reader.take();
}

TortureComparison compare_torture(const TortureSide& before, const TortureSide& after) {
    TortureComparison out;
    const auto values = [](const TortureSide& side, std::string_view key) {
        const auto found = side.values.find(std::string(key));
        return found == side.values.end() ? Sampled{} : sampled(found->second);
    };
    std::vector<double> p;
    for (const TortureMeasure& measure : torture_measures()) {
        MeasureComparison row{&measure, values(before, measure.key), values(after, measure.key), {}};
        if (row.before.n + row.after.n == 0) continue;
        row.p = welch_p(row.before, row.after);
        if (row.p) p.push_back(*row.p);
        out.measures.push_back(row);
    }
    const auto tests = holm(p);
    auto test = tests.begin();
    for (MeasureComparison& row : out.measures)
        if (row.p) row.p = (test++)->adjusted;
    if (before.samples > 0 && after.samples > 0)
        out.failures = compare_rates({before.failures, static_cast<double>(before.samples)},
                                     {after.failures, static_cast<double>(after.samples)});
    out.sentence = sentence_of(out, before, after);
    return out;
}

}  // namespace stallsight
