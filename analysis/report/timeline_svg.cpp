#include <algorithm>
#include <cmath>

#include "analysis/report/svg.h"
#include "analysis/report/svg_writer.h"
#include "analysis/stalls/offsets.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr double width = 1000;
constexpr double left = 130;
constexpr double right = 20;
constexpr double lane = 26;

struct Axis {
    double from = 0, to = 1;  // seconds of the core's own clock

    [[nodiscard]] double x(double s) const {
        const double part = (s - from) / (to - from);
        return left + std::clamp(part, 0.0, 1.0) * (width - left - right);
    }
    // 1, 2 or 5 times a power of ten, so that about six ticks stand on the axis
    [[nodiscard]] double step() const {
        const double rough = (to - from) / 6;
        const double power = std::pow(10, std::floor(std::log10(rough)));
        for (const double factor : {1.0, 2.0, 5.0})
            if (rough <= factor * power) return factor * power;
        return 10 * power;
    }
};

std::string core_name(const CoreInfo& core) {
    if (core.board.empty() && core.core.empty()) return "log";
    return core.core.empty() ? core.board : core.board + " ▸ " + core.core;
}

class CoreTimeline {
public:
    CoreTimeline(const Analysis& analysis, const CoreBoot& boot, SvgWriter& svg, double y)
        : analysis_(analysis), core_(*boot.core), boot_(boot), svg_(svg), y_(y), axis_(axis_of()) {}

    double draw() {
        header();
        for (const int cpu : lanes()) {
            lane_of(cpu);
            y_ += lane;
        }
        torture();
        svg_.line(left, y_, width - right, y_, "rule");
        footer();
        return y_ + 14;
    }

private:
    [[nodiscard]] Axis axis_of() const {
        Axis axis{boot_.first_s.value_or(0), boot_.last_s.value_or(1)};
        for (const StallEpisode& s : analysis_.stalls) {
            if (!boot_.has(s)) continue;
            if (s.start_s) axis.from = std::min(axis.from, std::max(0.0, *s.start_s));
            axis.to = std::max(axis.to, s.end_s);
        }
        for (const EventInfo& event : analysis_.events)
            if (event.report.time && boot_.has(analysis_, event))
                axis.to = std::max(axis.to, seconds(*event.report.time));
        const double margin = std::max(0.05 * (axis.to - axis.from), 0.001);
        axis.from = std::max(0.0, axis.from - margin);
        axis.to += margin;
        return axis;
    }

    [[nodiscard]] std::vector<int> lanes() const {
        std::vector<int> cpus = core_.cpus;
        if (cpus.empty()) cpus.push_back(-1);
        return cpus;
    }

    void header() {
        svg_.text(8, y_ + 14, core_name(core_) + boot_.words(), "strong");
        const double step = axis_.step();
        const auto first = static_cast<long>(std::ceil(axis_.from / step));
        const auto last = static_cast<long>(std::floor(axis_.to / step));
        for (long tick = first; tick <= last; ++tick) {
            const double at = static_cast<double>(tick) * step;
            svg_.text(axis_.x(at) - 14, y_ + 14, fixed(at, step < 1 ? 2 : 0) + " s", "muted");
            ticks_.push_back(axis_.x(at));
        }
        y_ += 22;
    }

    void lane_of(int cpu) {
        svg_.line(left, y_, width - right, y_, "rule");
        for (const double x : ticks_) svg_.line(x, y_, x, y_ + lane, "grid");
        svg_.text(30, y_ + 17, cpu < 0 ? "CPU ?" : "CPU " + std::to_string(cpu), "muted");
        for (const StallEpisode& s : analysis_.stalls)
            if (boot_.has(s)) episode(s, cpu);
        for (const EventInfo& event : analysis_.events)
            if (boot_.has(analysis_, event) && event.report.time && event.report.cpu.value_or(-1) == cpu)
                mark(event);
    }

    void episode(const StallEpisode& s, int cpu) {
        const bool stalled = std::find(s.cpus.begin(), s.cpus.end(), cpu) != s.cpus.end();
        const bool no_cpu = s.cpus.empty() && cpu == lanes().front();
        const bool starved = s.starved_jiffies && s.starved_cpu == cpu && !stalled;
        if (!stalled && !no_cpu && !starved) return;
        const double x1 = axis_.x(s.start_s.value_or(s.end_s));
        const double x2 = std::max(axis_.x(s.end_s), x1 + 3);
        std::string words;
        if (starved) {
            words = s.starved_kthread + " kthread starved for " + grouped(*s.starved_jiffies) + " jiffies";
        } else {
            const auto who = s.doing.find(stalled ? cpu : -1);
            if (who != s.doing.end()) words = who->second + " · ";
            words += s.flavor;
            if (s.start_s) words += " · " + duration_words(s.end_s - *s.start_s);
            if (s.grace_period) words += " · grace period " + std::to_string(*s.grace_period);
            words += s.open ? " · still open ▸" : "";
        }
        svg_.rect(x1, y_ + 4, x2 - x1, lane - 8, starved ? "bar-starved" : "bar-stall", words);
        // Written inside where it fits, beside it where it does not.
        const bool inside = x2 - x1 > 6.2 * static_cast<double>(words.size());
        svg_.text(inside ? x1 + 6 : std::min(x2 + 6, width - 6.2 * static_cast<double>(words.size())), y_ + 17,
                  words, inside ? "on-bar" : "ink small");
        if (s.open && stalled)
            svg_.path("M" + coordinate(x2) + " " + coordinate(y_ + 4) + " l8 9 l-8 9 z", "bar-stall");
    }

    void mark(const EventInfo& event) {
        const double x = axis_.x(seconds(*event.report.time));
        const double y = y_ + lane / 2;
        const std::string title = event.title + " at " + fixed(seconds(*event.report.time), 6) + " s";
        if (event.report.kind == EventKind::rcu_stall)
            svg_.path("M" + coordinate(x) + " " + coordinate(y - 6) + " l6 6 l-6 6 l-6 -6 z", "mark-stall", title);
        else if (event.report.kind == EventKind::warning)
            svg_.path("M" + coordinate(x) + " " + coordinate(y - 6) + " l7 12 l-14 0 z", "mark-warn", title);
        else
            svg_.rect(x - 5.5, y - 5.5, 11, 11, "mark-bad", title);
    }

    void torture() {
        std::vector<TortureRate> rates = torture_rates(analysis_, core_);
        std::erase_if(rates, [&](const TortureRate& rate) { return !boot_.has_boot(rate.last->sample.boot); });
        if (rates.empty()) return;
        double top = 1;
        for (const TortureRate& rate : rates) top = std::max(top, rate.versions_per_s * 1.2);
        svg_.line(left, y_, width - right, y_, "rule");
        svg_.text(30, y_ + 17, "versions/s", "muted");
        const double height = lane * 1.6;
        std::string d;
        for (const TortureRate& rate : rates) {
            const double x = axis_.x(rate.to_s);
            const double py = y_ + height - std::max(0.0, rate.versions_per_s) / top * (height - 6);
            d += (d.empty() ? "M" : " L") + coordinate(x) + " " + coordinate(py);
            svg_.rect(x - 2.5, py - 2.5, 5, 5, "curve-point", fixed(rate.versions_per_s, 1) + " versions a second");
        }
        svg_.path(d, "curve");
        if (const auto stop = torture_stop(analysis_, core_); stop && boot_.has_boot(stop->boot)) {
            const double from = axis_.x(stop->when.from_s);
            svg_.rect(from, y_ + 2, std::max(2.0, axis_.x(stop->when.to_s) - from), height - 2, "band-lock",
                      "rcutorture " + stop_words(*stop));
            svg_.text(from + 4, y_ + 14, "stopped", "bad");
        } else {
            const bool ended = torture_end_s(analysis_, core_).has_value();
            const double x = std::min(axis_.x(rates.back().to_s) + 8, width - 40);
            svg_.text(x, y_ + 14, ended ? "ended" : fixed(rates.back().versions_per_s, 0), "muted");
        }
        y_ += height + 2;
    }

    void footer() {
        for (const std::string& words : clock_words(analysis_, boot_)) {
            svg_.text(left, y_ + 16, words, "muted small");
            y_ += 20;
        }
    }

    const Analysis& analysis_;
    const CoreInfo& core_;
    const CoreBoot& boot_;
    SvgWriter& svg_;
    double y_;
    Axis axis_;
    std::vector<double> ticks_;
};

}  // namespace

std::string timeline_svg(const Analysis& analysis) {
    SvgWriter svg;
    double y = 6;
    for (const CoreBoot& boot : boots_to_show(analysis)) y = CoreTimeline(analysis, boot, svg, y).draw() + 8;
    return svg.finish(width, y, "Timeline of CPU stalls and kernel reports");
}

std::string svg_style() {
    // No `font` shorthand, and one family: Qt's SVG knows no more.
    return R"(text{font-size:12px;font-family:"DejaVu Sans";fill:#1b1f27}
.mono{font-family:"DejaVu Sans Mono";white-space:pre}
.strong{font-weight:600}.muted{fill:#5b6472}.small{font-size:11px}.bad{fill:#b3261e;font-weight:600}
.on-bar{fill:#fff;font-size:11px}.rule{stroke:#d3d8e0}.grid{stroke:#e6e9ee}
.bar-stall{fill:#6a55c2}.bar-starved{fill:#a9832f}.band-bh{fill:#f0d9a8}.band-lock{fill:#f3c1bd}
.mark-row{fill:#dbe8f8}.mark-bad{fill:#b3261e}.mark-warn{fill:#9a6700}.mark-stall{fill:#4f3cab}
.curve{fill:none;stroke:#1f6fb5;stroke-width:1.5}.curve-point{fill:#1f6fb5}
.node{fill:#f5f6f8;stroke:#d3d8e0;rx:4}.node-wanted{stroke:#b3261e}.edge{fill:none;stroke:#5b6472;stroke-width:1.4}
.edge-head{fill:#5b6472}.edge-closes{stroke:#b3261e;stroke-dasharray:5 3}
)";
}

}  // namespace stallsight
