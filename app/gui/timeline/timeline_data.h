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

// One core: its own clock, so its own time axis.
struct CoreLanes {
    std::string board, core;
    QString title;
    std::vector<int> cpus;  // one lane each, in this order; -1: the CPU is not known
    std::vector<LaneBar> bars;
    std::vector<LaneMark> marks;
    std::vector<CurvePoint> curve;  // rcutorture's versions a second
    QString basis;
    double first = 0, last = 1;
};

std::vector<CoreLanes> timeline_lanes(const Analysis& analysis);

}  // namespace stallsight::gui
