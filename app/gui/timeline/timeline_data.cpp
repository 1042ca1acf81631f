#include "app/gui/timeline/timeline_data.h"

#include <algorithm>
#include <set>

#include "analysis/stalls/offsets.h"
#include "analysis/torture.h"
#include "analysis/words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int unknown_cpu = -1;
const QString dot = QStringLiteral(" · ");

int lane_of(const CoreLanes& lanes, int cpu) {
    auto it = std::find(lanes.cpus.begin(), lanes.cpus.end(), cpu);
    return static_cast<int>(it - lanes.cpus.begin());
}

void find_cpus(const Analysis& analysis, const CoreBoot& boot, CoreLanes& lanes) {
    std::set<int> cpus;
    for (const EventInfo& event : analysis.events)
        if (boot.has(analysis, event) && event.report.time) cpus.insert(event.report.cpu.value_or(unknown_cpu));
    for (const StallEpisode& stall : analysis.stalls) {
        if (!boot.has(stall)) continue;
        cpus.insert(stall.cpus.begin(), stall.cpus.end());
        if (stall.cpus.empty()) cpus.insert(unknown_cpu);
        if (stall.starved_cpu && stall.starved_jiffies) cpus.insert(*stall.starved_cpu);
    }
    lanes.cpus.assign(cpus.begin(), cpus.end());
    // What is on no known CPU stands below the CPUs.
    if (cpus.contains(unknown_cpu)) std::rotate(lanes.cpus.begin(), lanes.cpus.begin() + 1, lanes.cpus.end());
}

QString length_of(const StallEpisode& stall) {
    if (!stall.start_s) return "since when is not known";
    return duration(stall.end_s - *stall.start_s);
}

// Where the start is not known the bar begins with the log.
double start_of(const StallEpisode& stall, const CoreLanes& lanes) {
    return stall.start_s.value_or(lanes.first);
}

LaneBar stall_bar(const StallEpisode& stall, const CoreLanes& lanes, int cpu) {
    LaneBar bar;
    bar.lane = lane_of(lanes, cpu);
    bar.start = start_of(stall, lanes);
    bar.end = stall.end_s;
    bar.open = stall.open;
    if (!stall.events.empty()) bar.event = stall.events.front();
    const auto doing = stall.doing.find(cpu);
    QStringList words;
    words << (doing != stall.doing.end() ? qs(doing->second) : qs(stall.flavor)) << length_of(stall);
    if (stall.grace_period) words << QString("grace period %1").arg(*stall.grace_period);
    if (stall.open) words << "still open";
    bar.text = words.join(dot);
    QStringList tip{
        QString("%1 stall, %2").arg(qs(stall.flavor), cpu >= 0 ? QString("CPU %1").arg(cpu) : "CPU not known")};
    if (doing != stall.doing.end()) tip << "ran " + qs(doing->second);
    if (stall.start_s)
        tip << QString("from %1 s to %2 s: %3")
                   .arg(*stall.start_s, 0, 'f', 2)
                   .arg(stall.end_s, 0, 'f', 2)
                   .arg(length_of(stall));
    if (!stall.end_basis.empty()) tip << qs(stall.end_basis);
    if (stall.views_agree && !*stall.views_agree) tip << "the reports found different tasks or functions there";
    for (const std::string& what : stall.held_up) tip << "held up " + qs(what);
    if (!stall.tie.empty()) tip << "follows from a sleep in atomic context: " + qs(stall.tie);
    if (stall.detected_by) tip << QString("detected by CPU %1").arg(*stall.detected_by);
    bar.tip = tip.join('\n');
    return bar;
}

LaneBar starved_bar(const StallEpisode& stall, const CoreLanes& lanes, const std::optional<int>& hz) {
    LaneBar bar;
    bar.kind = LaneBar::Kind::starved;
    bar.lane = lane_of(lanes, *stall.starved_cpu);
    bar.end = stall.end_s;
    bar.start = hz ? stall.end_s - static_cast<double>(*stall.starved_jiffies) / *hz : start_of(stall, lanes);
    bar.text = QString("%1 kthread starved for %2 jiffies")
                   .arg(qs(stall.starved_kthread), grouped(*stall.starved_jiffies));
    bar.tip = bar.text + QString("\nits grace-period thread last ran on CPU %1").arg(*stall.starved_cpu);
    if (!stall.events.empty()) bar.event = stall.events.front();
    return bar;
}

void add_bars(const Analysis& analysis, const CoreBoot& boot, CoreLanes& lanes, const std::optional<int>& hz) {
    for (const StallEpisode& stall : analysis.stalls) {
        if (!boot.has(stall)) continue;
        std::vector<int> cpus = stall.cpus;
        if (cpus.empty()) cpus.push_back(unknown_cpu);
        for (int cpu : cpus) lanes.bars.push_back(stall_bar(stall, lanes, cpu));
        if (stall.starved_cpu && stall.starved_jiffies) lanes.bars.push_back(starved_bar(stall, lanes, hz));
    }
}

void add_marks(const Analysis& analysis, const CoreBoot& boot, CoreLanes& lanes) {
    for (const EventInfo& event : analysis.events) {
        if (!boot.has(analysis, event) || !event.report.time) continue;
        LaneMark mark;
        mark.lane = lane_of(lanes, event.report.cpu.value_or(unknown_cpu));
        mark.time = seconds(*event.report.time);
        mark.mark = mark_of(event.report.kind);
        mark.event = event.id;
        mark.caused_by = event.caused_by;
        QStringList tip{event_name(event) + " at " + clock_time(mark.time) + " s"};
        if (const QString guilty = guilty_name(event); !guilty.isEmpty()) tip << "in " + guilty;
        if (!event.report.task.comm.empty()) tip << "task " + qs(event.report.task.comm);
        if (!event.caused_by.empty()) tip << "follows from an earlier report";
        mark.tip = tip.join('\n');
        lanes.marks.push_back(std::move(mark));
    }
    std::stable_sort(lanes.marks.begin(), lanes.marks.end(),
                     [](const LaneMark& a, const LaneMark& b) { return a.time < b.time; });
}

void add_curve(const Analysis& analysis, const CoreBoot& boot, CoreLanes& lanes) {
    const CoreInfo& core = *boot.core;
    for (const TortureRate& rate : torture_rates(analysis, core)) {
        if (!boot.has_boot(rate.last->sample.boot)) continue;
        if (lanes.curve.empty()) lanes.curve.push_back({rate.from_s, rate.versions_per_s});
        lanes.curve.push_back({rate.to_s, rate.versions_per_s});
    }
    lanes.ended = torture_end_s(analysis, core).has_value();
    if (const auto stop = torture_stop(analysis, core); stop && boot.has_boot(stop->boot)) {
        lanes.stopped = stop->when;
        lanes.stopped_tip = "rcutorture " + qs(stop_words(*stop));
    }
}

void find_range(const CoreBoot& boot, CoreLanes& lanes) {
    std::vector<double> times;
    for (const LaneBar& bar : lanes.bars) times.push_back(bar.start), times.push_back(bar.end);
    for (const LaneMark& mark : lanes.marks) times.push_back(mark.time);
    for (const CurvePoint& point : lanes.curve) times.push_back(point.time);
    if (boot.first_s) times.push_back(*boot.first_s);
    if (boot.last_s) times.push_back(*boot.last_s);
    if (times.empty()) return;
    const auto [low, high] = std::minmax_element(times.begin(), times.end());
    const double space = std::max((*high - *low) * 0.04, 0.5);
    // A stall that began soon after boot is read from boot on.
    lanes.first = *low < (*high - *low) * 0.1 ? 0 : *low - space;
    lanes.last = *high + space;
}

}  // namespace

void stack_bars(std::vector<LaneBar>& bars) {
    std::vector<LaneBar*> order;
    for (LaneBar& bar : bars) order.push_back(&bar);
    std::stable_sort(order.begin(), order.end(), [](const LaneBar* a, const LaneBar* b) {
        return std::pair(a->lane, a->start) < std::pair(b->lane, b->start);
    });
    // A group is a run of bars of one lane that hang together by overlaps.
    for (std::size_t first = 0; first < order.size();) {
        std::vector<double> row_ends;
        double group_end = order[first]->end;
        std::size_t last = first;
        for (; last < order.size() && order[last]->lane == order[first]->lane &&
               (last == first || order[last]->start < group_end);
             ++last) {
            LaneBar& bar = *order[last];
            const auto free =
                std::find_if(row_ends.begin(), row_ends.end(), [&](double end) { return end <= bar.start; });
            bar.row = static_cast<int>(free - row_ends.begin());
            if (free == row_ends.end())
                row_ends.push_back(bar.end);
            else
                *free = bar.end;
            group_end = std::max(group_end, bar.end);
        }
        for (std::size_t i = first; i < last; ++i) order[i]->rows = static_cast<int>(row_ends.size());
        first = last;
    }
}

std::vector<CoreLanes> timeline_lanes(const Analysis& analysis) {
    std::vector<CoreLanes> all;
    for (const CoreBoot& boot : boots_to_show(analysis)) {
        const CoreInfo& info = *boot.core;
        CoreLanes lanes;
        lanes.board = info.board, lanes.core = info.core;
        lanes.last_boot = boot.last;
        const bool nameless = info.board.empty() && info.core.empty();
        if (!nameless || analysis.cores.size() > 1) lanes.title = core_name(info.board, info.core);
        if (!boot.only) lanes.title = (lanes.title.isEmpty() ? "log" : lanes.title) + qs(boot.words());
        lanes.first = boot.first_s.value_or(0);
        find_cpus(analysis, boot, lanes);
        std::optional<int> hz;
        if (const CoreClock* clock = analysis.clock_of(info.board, info.core, boot.number)) hz = clock->hz;
        if (const ClockOffset* offset = boot.offset(analysis)) lanes.offset = offset->offset_s;
        QStringList basis;
        for (const std::string& words : clock_words(analysis, boot)) basis << qs(words);
        lanes.basis = basis.join(dot);
        add_bars(analysis, boot, lanes, hz);
        stack_bars(lanes.bars);
        add_marks(analysis, boot, lanes);
        add_curve(analysis, boot, lanes);
        find_range(boot, lanes);
        if (lanes.bars.empty() && lanes.marks.empty() && lanes.curve.empty()) continue;
        all.push_back(std::move(lanes));
    }
    return all;
}

}  // namespace stallsight::gui
