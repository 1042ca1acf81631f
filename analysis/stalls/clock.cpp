// HZ of a core: from what a boot prints, from two reports of one grace period, from what one report leaves over, or
// from a configuration beside the log. Every way that decides is kept, so that a contradiction shows.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/stalls/samples.h"
#include "analysis/stalls/stalls.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr std::array hz_values = {100, 250, 300, 1000};  // kernel/Kconfig.hz

using Confidence = HzFinding::Confidence;

template <class Number>
std::optional<Number> number_after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == text.npos) return std::nullopt;
    Number value = 0;
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

// Boots of one kernel, which tick alike; the last one is open.
struct KernelRun {
    std::string banner;  // empty: the log begins behind it
    int first = 0, last = std::numeric_limits<int>::max();

    [[nodiscard]] bool has(int boot) const { return boot >= first && boot <= last; }
};

std::vector<KernelRun> kernels_of(const Analysis& analysis, const CoreInfo& core) {
    std::map<int, std::string> banners;
    for_each_fact(analysis, core, Fact::Kind::banner, [&](const Fact& f) { banners.emplace(f.boot, f.text); });
    std::vector<KernelRun> runs{{}};
    for (const auto& [boot, banner] : banners) {
        if (banner == runs.back().banner) continue;
        if (boot == runs.back().first) {
            runs.back().banner = banner;
            continue;
        }
        runs.back().last = boot - 1;
        runs.push_back({banner, boot});
    }
    return runs;
}

// Kernel configurations in the bundle, of this core or of none.
template <class Visit>
void for_each_config(const Analysis& analysis, const CoreInfo& core, Visit visit) {
    for (const ArtifactInfo& info : analysis.artifacts) {
        const Artifact& a = info.artifact;
        if (a.kind == ArtifactKind::kernel_config && (a.board.empty() || a.board == core.board)) visit(a);
    }
}

// kernel/rcu/tree.c: "RCU calculated value of scheduler-enlistment delay is 25 jiffies" is HZ/10.
std::optional<HzFinding> from_enlistment(const Fact& fact) {
    const auto delay = number_after<int>(fact.text, "enlistment=");
    if (!delay || *delay <= 0) return std::nullopt;
    return HzFinding{
        *delay * 10, Confidence::printed,
        "the boot printed a scheduler-enlistment delay of " + std::to_string(*delay) + " jiffies, which is HZ/10"};
}

// init/calibrate.c: BogoMIPS is lpj / (500000 / HZ).
std::optional<HzFinding> from_bogomips(const Fact& fact) {
    const auto lpj = number_after<double>(fact.text, "lpj=");
    const auto bogomips = number_after<double>(fact.text, "bogomips=");
    if (!lpj || !bogomips || *lpj <= 0) return std::nullopt;
    const auto hz = nearest(*bogomips * 500000 / *lpj, 0.02);
    if (!hz) return std::nullopt;
    return HzFinding{*hz, Confidence::printed,
                     "the boot printed " + fixed(*bogomips, 2) + " BogoMIPS for lpj=" + fixed(*lpj, 0)};
}

// kernel/time/jiffies.c: one cycle is a jiffy, mult is TICK_NSEC << 8. kernel/time/clocksource.c makes max_idle_ns
// of it: half of what 0xffffffff cycles last at a mult that is 11 % lower.
std::optional<HzFinding> from_clocksource(const Fact& fact) {
    const auto idle_ns = number_after<double>(fact.text, "max_idle_ns=");
    if (!idle_ns || *idle_ns <= 0) return std::nullopt;
    const double tick_ns = *idle_ns * 2 / (4294967295.0 * 0.89);
    const auto hz = nearest(1e9 / tick_ns, 0.01);
    if (!hz) return std::nullopt;
    return HzFinding{*hz, Confidence::printed,
                     "the jiffies clocksource's max_idle_ns of " + fixed(*idle_ns, 0) + " is a tick of " +
                         fixed(1000.0 / *hz, 2) + " ms"};
}

void from_boot(const Analysis& analysis, const CoreInfo& core, const KernelRun& run,
               std::vector<HzFinding>& findings) {
    for (const auto& read : {from_enlistment, from_clocksource, from_bogomips}) {
        std::optional<HzFinding> found;
        for_each_fact(analysis, core, Fact::Kind::hz, [&](const Fact& fact) {
            if (!found && run.has(fact.boot)) found = read(fact);
        });
        if (found) findings.push_back(std::move(*found));
    }
}

void from_config(const Analysis& analysis, const CoreInfo& core, std::vector<HzFinding>& findings) {
    for_each_config(analysis, core, [&](const Artifact& config) {
        const auto hz = number_after<int>(config.bytes.view(), "\nCONFIG_HZ=");
        if (hz && *hz > 0) findings.push_back({*hz, Confidence::configured, "CONFIG_HZ in " + config.path});
    });
}

constexpr double shortest_by_wall_s = 40;  // whole seconds then tell HZ to 5 %

void from_two_reports(const std::vector<StallSample>& samples, std::vector<HzFinding>& findings) {
    for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
        const StallSample& first = samples[i];
        for (std::size_t j = i + 1; j < samples.size(); ++j) {
            const StallSample& second = samples[j];
            const bool same = first.grace_period && first.grace_period == second.grace_period &&
                              first.boot == second.boot && first.expedited == second.expedited;
            const double elapsed = second.at_s - first.at_s;
            if (!same || elapsed < (first.kernel_time ? 1 : shortest_by_wall_s)) continue;
            const auto hz = nearest(static_cast<double>(second.jiffies - first.jiffies) / elapsed, 0.05);
            if (!hz) continue;
            findings.push_back({*hz, Confidence::measured,
                                "two reports of grace period " + std::to_string(*first.grace_period) + ": " +
                                    grouped(second.jiffies - first.jiffies) + " jiffies in " + fixed(elapsed, 2) +
                                    " s"});
            return;
        }
    }
}

// The grace period cannot have begun before the boot.
std::vector<int> possible(const StallSample& sample) {
    std::vector<int> left;
    constexpr double slack_s = 2;  // the clock of the log starts a little after the jiffies
    for (const int hz : hz_values)
        if (!sample.kernel_time || static_cast<double>(sample.jiffies) / hz <= sample.at_s + slack_s)
            left.push_back(hz);
    return left;
}

void from_uptime(const std::vector<StallSample>& samples, std::vector<HzFinding>& findings) {
    for (const StallSample& sample : samples) {
        const std::vector<int> left = possible(sample);
        if (left.size() != 1) continue;
        findings.push_back({left.front(), Confidence::deduced,
                            "t=" + std::to_string(sample.jiffies) + " jiffies cannot exceed the uptime of " +
                                fixed(sample.at_s, 1) + " s: only HZ=" + std::to_string(left.front()) +
                                " is left"});
        return;
    }
}

// The first warning of a grace period comes after the time-out: 21 s unless somebody set it.
void from_timeout(const Analysis& analysis, const CoreInfo& core, const std::vector<StallSample>& samples,
                  std::vector<HzFinding>& findings) {
    const std::optional<int> told = stall_timeout_s(analysis, core);
    const int timeout = told.value_or(usual_stall_timeout_s);
    for (const StallSample& sample : samples) {
        if (sample.expedited) continue;
        std::vector<int> left = possible(sample);
        std::erase_if(left, [&](int hz) {
            const double t_s = static_cast<double>(sample.jiffies) / hz;
            return t_s < timeout - 0.5 || t_s > timeout * 1.05 + 0.5;
        });
        if (left.size() != 1) continue;
        findings.push_back({left.front(), told ? Confidence::deduced : Confidence::usual,
                            "t=" + std::to_string(sample.jiffies) +
                                " jiffies is the first warning, which comes after " + std::to_string(timeout) +
                                " s" + (told ? "" : " unless somebody changed that") +
                                ": HZ=" + std::to_string(left.front())});
        return;
    }
}

std::string contradiction_in(const std::vector<HzFinding>& findings) {
    for (const HzFinding& other : findings)
        if (other.hz != findings.front().hz)
            return "HZ=" + std::to_string(findings.front().hz) + " by " +
                   std::string(name_of(findings.front().confidence)) + " evidence, but " + other.basis +
                   ": HZ=" + std::to_string(other.hz);
    return {};
}

CoreClock clock_of(const Analysis& analysis, const CoreInfo& core, const KernelRun& run) {
    CoreClock clock;
    clock.board = core.board;
    clock.core = core.core;
    clock.boot = run.first;
    auto samples = rcu_samples(analysis, core.board, core.core);
    std::erase_if(samples, [&](const StallSample& sample) { return !run.has(sample.boot); });
    // In the order of trust.
    from_boot(analysis, core, run, clock.findings);
    from_two_reports(samples, clock.findings);
    from_uptime(samples, clock.findings);
    if (stall_timeout_s(analysis, core)) from_timeout(analysis, core, samples, clock.findings);
    from_config(analysis, core, clock.findings);
    if (!stall_timeout_s(analysis, core)) from_timeout(analysis, core, samples, clock.findings);
    if (clock.findings.empty()) {
        clock.basis = samples.empty() ? "not known: no report of this core counts jiffies"
                                      : "not known: the reports leave more than one HZ possible";
        return clock;
    }
    clock.hz = clock.findings.front().hz;
    clock.basis = clock.findings.front().basis;
    clock.contradiction = contradiction_in(clock.findings);
    return clock;
}

}  // namespace

std::optional<int> stall_timeout_s(const Analysis& analysis, const CoreInfo& core) {
    std::optional<int> timeout;
    for_each_config(analysis, core, [&](const Artifact& config) {
        timeout = number_after<int>(config.bytes.view(), "\nCONFIG_RCU_CPU_STALL_TIMEOUT=");
    });
    for_each_fact(analysis, core, Fact::Kind::command_line, [&](const Fact& fact) {
        if (auto value = number_after<int>(fact.text, "rcu_cpu_stall_timeout=")) timeout = value;
    });
    return timeout && *timeout > 0 ? timeout : std::nullopt;
}

std::string_view name_of(HzFinding::Confidence confidence) {
    switch (confidence) {
        case Confidence::printed:
            return "printed";
        case Confidence::measured:
            return "measured";
        case Confidence::deduced:
            return "deduced";
        case Confidence::configured:
            return "configured";
        case Confidence::usual:
            break;
    }
    return "usual";
}

std::vector<CoreClock> find_clocks(const Analysis& analysis) {
    std::vector<CoreClock> clocks;
    for (const CoreInfo& core : analysis.cores) {
        const std::size_t first = clocks.size();
        for (const KernelRun& run : kernels_of(analysis, core)) {
            CoreClock clock = clock_of(analysis, core, run);
            if (clocks.size() == first || clock.hz != clocks.back().hz) clocks.push_back(std::move(clock));
        }
    }
    return clocks;
}

}  // namespace stallsight
