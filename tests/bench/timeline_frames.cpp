// How long a frame of the timeline takes with 100 000 reports, beside the same points as a plain graph of the same
// plotting library with its own thinning out. Both are panned and zoomed through the same frames.
#include <QApplication>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "app/gui/theme.h"
#include "app/gui/timeline/timeline_plot.h"

namespace {

using namespace stallsight::gui;

constexpr int reports = 100000, cpus = 8, stalls = 400, frames = 200, width = 1600;
constexpr double length_s = 20000, budget_ms = 1000.0 / 60;

CoreLanes many_reports() {
    CoreLanes lanes;
    lanes.title = "bench";
    lanes.first = 0;
    lanes.last = length_s;
    for (int cpu = 0; cpu < cpus; ++cpu) lanes.cpus.push_back(cpu);
    for (int i = 0; i < reports; ++i) {
        LaneMark mark;
        mark.lane = i % cpus;
        mark.time = length_s * i / reports;
        mark.mark = i % 3 == 0 ? Mark::cause : Mark::warning;
        mark.event = "e" + std::to_string(i + 1);
        if (i % 5 == 4) mark.caused_by = "e" + std::to_string(i);
        lanes.marks.push_back(std::move(mark));
    }
    for (int i = 0; i < stalls; ++i) {
        LaneBar bar;
        bar.lane = i % cpus;
        bar.start = length_s * i / stalls;
        bar.end = bar.start + 150;
        bar.text = "rcu_preempt";
        lanes.bars.push_back(std::move(bar));
    }
    stack_bars(lanes.bars);
    return lanes;
}

// The range of one frame: zooms in to a hundredth and pans through.
QCPRange range_of(int frame) {
    const double part = static_cast<double>(frame) / frames;
    const double size = length_s * std::pow(0.01, part);
    const double from = (length_s - size) * part;
    return {from, from + size};
}

struct Timing {
    double median_ms = 0, worst_ms = 0;
};

Timing measure(QCustomPlot& plot, QCPAxis* axis) {
    QPixmap canvas(plot.size());
    std::vector<double> ms;
    for (int frame = 0; frame < frames; ++frame) {
        axis->setRange(range_of(frame));
        const std::clock_t before = std::clock();  // processor time: what else the machine does is not ours
        plot.replot(QCustomPlot::rpImmediateRefresh);
        plot.render(&canvas);
        ms.push_back(1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    }
    std::sort(ms.begin(), ms.end());
    return {ms[ms.size() / 2], ms[ms.size() * 99 / 100]};
}

Timing timeline() {
    TimelinePlot plot;
    plot.resize(width, 400);
    plot.set_lanes({many_reports()});
    return measure(plot, plot.items().front()->rect()->axis(QCPAxis::atTop));
}

Timing plain_graph() {
    QCustomPlot plot;
    plot.resize(width, 400);
    const CoreLanes lanes = many_reports();
    QCPGraph* graph = plot.addGraph();
    graph->setLineStyle(QCPGraph::lsNone);
    graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssSquare, 11));
    for (const LaneMark& mark : lanes.marks) graph->addData(mark.time, mark.lane);
    plot.yAxis->setRange(-1, cpus);
    return measure(plot, plot.xAxis);
}

void print(const char* name, const Timing& timing) {
    std::printf("%-28s median %7.2f ms  99%% %7.2f ms  %5.0f frames/s\n", name, timing.median_ms, timing.worst_ms,
                1000 / timing.median_ms);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    apply_theme(app, Appearance::light);
    std::printf("%d reports and %d stalls on %d CPUs, %d frames of %d pixels\n", reports, stalls, cpus, frames,
                width);
    const Timing ours = timeline();
    print("timeline", ours);
    print("QCPGraph of the same points", plain_graph());
    const bool fits = ours.worst_ms <= budget_ms;
    std::printf("%s: 60 frames a second leave %.1f ms a frame\n", fits ? "fits" : "does not fit", budget_ms);
    return fits ? 0 : 1;
}
