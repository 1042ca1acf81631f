// HZ of a core: from what a boot prints, from two reports of one grace period, or from what one report leaves over.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "analysis/stalls/samples.h"
#include "analysis/stalls/stalls.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr std::array hz_values = {100, 250, 300, 1000};  // kernel/Kconfig.hz

std::optional<int> number_after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == text.npos) return std::nullopt;
    int value = 0;
    const std::string_view rest = text.substr(at + key.size());
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
}

std::optional<int> nearest(double hz, double tolerance) {
    for (const int candidate : hz_values)
        if (std::abs(hz - candidate) <= candidate * tolerance) return candidate;
    return std::nullopt;
}

template <class Visit>
void for_each_fact(const Analysis& analysis, const CoreInfo& core, Fact::Kind kind, Visit visit) {
    for (const ArtifactInfo& info : analysis.artifacts)
        if (info.artifact.board == core.board && info.artifact.core == core.core)
            for (const Fact& fact : info.scan.facts)
                if (fact.kind == kind) visit(fact);
}

// kernel/rcu/tree.c: "RCU calculated value of scheduler-enlistment delay is 25 jiffies" is HZ/10.
bool from_boot(const Analysis& analysis, const CoreInfo& core, CoreClock& clock) {
    for_each_fact(analysis, core, Fact::Kind::hz, [&](const Fact& fact) {
        const auto delay = number_after(fact.text, "enlistment=");
        if (!delay || *delay <= 0 || clock.hz) return;
        clock.hz = *delay * 10;
        clock.basis = "the boot printed a scheduler-enlistment delay of " + std::to_string(*delay) +
                      " jiffies, which is HZ/10";
    });
    return clock.hz.has_value();
}

// CONFIG_HZ of a kernel configuration in the bundle, of this core or of none.
bool from_config(const Analysis& analysis, const CoreInfo& core, CoreClock& clock) {
    for (const ArtifactInfo& info : analysis.artifacts) {
        const Artifact& a = info.artifact;
        if (a.kind != ArtifactKind::kernel_config || (!a.board.empty() && a.board != core.board)) continue;
        const auto hz = number_after(a.bytes.view(), "\nCONFIG_HZ=");
        if (!hz || *hz <= 0) continue;
        clock.hz = hz;
        clock.basis = "CONFIG_HZ in " + a.path;
        return true;
    }
    return false;
}

bool from_two_reports(const std::vector<StallSample>& samples, CoreClock& clock) {
    for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
        const StallSample& first = samples[i];
        for (std::size_t j = i + 1; j < samples.size(); ++j) {
            const StallSample& second = samples[j];
            const bool same = first.grace_period && first.grace_period == second.grace_period &&
                              first.boot == second.boot && first.expedited == second.expedited;
            const double elapsed = second.at_s - first.at_s;
            if (!same || elapsed < 1) continue;
            const double measured = static_cast<double>(second.jiffies - first.jiffies) / elapsed;
            const auto hz = nearest(measured, 0.05);
            if (!hz) continue;
            clock.hz = hz;
            clock.basis = "two reports of grace period " + std::to_string(*first.grace_period) + ": " +
                          grouped(second.jiffies - first.jiffies) + " jiffies in " + fixed(elapsed, 2) + " s";
            return true;
        }
    }
    return false;
}

// The grace period cannot have begun before the boot.
std::vector<int> possible(const StallSample& sample) {
    std::vector<int> left;
    constexpr double slack_s = 2;  // the clock of the log starts a little after the jiffies
    for (const int hz : hz_values)
        if (static_cast<double>(sample.jiffies) / hz <= sample.at_s + slack_s) left.push_back(hz);
    return left;
}

std::optional<int> stall_timeout(const Analysis& analysis, const CoreInfo& core) {
    std::optional<int> timeout;
    for_each_fact(analysis, core, Fact::Kind::command_line, [&](const Fact& fact) {
        if (auto value = number_after(fact.text, "rcu_cpu_stall_timeout=")) timeout = value;
    });
    return timeout;
}

bool from_one_report(const Analysis& analysis, const CoreInfo& core, const std::vector<StallSample>& samples,
                     CoreClock& clock) {
    for (const StallSample& sample : samples) {
        std::vector<int> left = possible(sample);
        const std::string t = "t=" + std::to_string(sample.jiffies) + " jiffies";
        if (left.size() == 1) {
            clock.hz = left.front();
            clock.basis = t + " cannot exceed the uptime of " + fixed(sample.at_s, 1) +
                          " s: only HZ=" + std::to_string(*clock.hz) + " is left";
            return true;
        }
        if (sample.expedited) continue;
        // The first warning of a grace period comes after the time-out: 21 s unless the command line says else.
        const int timeout = stall_timeout(analysis, core).value_or(21);
        std::erase_if(left, [&](int hz) {
            const double t_s = static_cast<double>(sample.jiffies) / hz;
            return t_s < timeout - 0.5 || t_s > timeout * 1.05 + 0.5;
        });
        if (left.size() != 1) continue;
        clock.hz = left.front();
        clock.basis = t + " is the first warning, which comes after " + std::to_string(timeout) +
                      " s: HZ=" + std::to_string(*clock.hz);
        return true;
    }
    return false;
}

}  // namespace

std::vector<CoreClock> find_clocks(const Analysis& analysis) {
    std::vector<CoreClock> clocks;
    for (const CoreInfo& core : analysis.cores) {
        CoreClock clock{core.board, core.core, std::nullopt, ""};
        const auto samples = rcu_samples(analysis, core.board, core.core);
        const bool known = from_boot(analysis, core, clock) || from_two_reports(samples, clock) ||
                           from_one_report(analysis, core, samples, clock) || from_config(analysis, core, clock);
        if (!known)
            clock.basis = samples.empty() ? "not known: no report of this core counts jiffies"
                                          : "not known: the reports leave more than one HZ possible";
        clocks.push_back(std::move(clock));
    }
    return clocks;
}

}  // namespace stallsight
