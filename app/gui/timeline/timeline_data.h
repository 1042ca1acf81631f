// What the timeline shows, worked out from the analysis without any drawing.
#pragma once

#include <QString>
#include <vector>

#include "analysis/analysis.h"
#include "app/gui/rows/marks.h"

namespace stallsight::gui {

struct LaneBar {
    enum class Kind { stall, starved };
    Kind kind = Kind::stall;
    int lane = 0;
    double start = 0, end = 0;
    bool open = false;
    int row = 0, rows = 1;  // bars of one lane that overlap stand one below the other
    QString text, tip;
    std::string event;
};

struct LaneMark {
    int lane = 0;
    double time = 0;
    Mark mark = Mark::none;
    QString tip;
    std::string event, caused_by;
};

struct CurvePoint {
    double time = 0, rate = 0;
};

// One boot of a core: its own clock, so its own time axis.
struct CoreLanes {
    std::string board, core;
    bool last_boot = true;  // whose clock can be set against others
    QString title;
    std::vector<int> cpus;  // one lane each, in this order; -1: the CPU is not known
    std::vector<LaneBar> bars;
    std::vector<LaneMark> marks;    // by time
    std::vector<CurvePoint> curve;  // rcutorture's versions a second
    std::optional<Window> stopped;  // when rcutorture made its last progress, where it stopped before its end
    QString stopped_tip;
    bool ended = false;  // rcutorture's last test, by its own word
    QString basis;
    std::optional<double> offset;  // to the first core's clock
    double first = 0, last = 1;
};

std::vector<CoreLanes> timeline_lanes(const Analysis& analysis);

// Sets `row` and `rows` of bars that overlap in one lane.
void stack_bars(std::vector<LaneBar>& bars);

}  // namespace stallsight::gui
