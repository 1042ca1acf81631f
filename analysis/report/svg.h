// The pictures of the report. Colours are CSS classes that the page (or the SVG's own style) defines.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "analysis/locks/lock_cycle.h"

namespace stallsight {

// Every core with its CPUs as lanes, episodes as bars, reports as marks, rcutorture as a curve.
std::string timeline_svg(const Analysis& analysis);

// One chain, read downwards as time ran; the bands at its left are the preempt_count.
std::string chain_svg(const Analysis& analysis, const Chain& chain);

// A cycle of locks: the order that was seen before, downwards, and what closes it.
std::string lock_cycle_svg(const LockCycle& cycle);

// The style that they need when they stand alone.
std::string svg_style();

}  // namespace stallsight
