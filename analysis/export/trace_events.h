// The timeline as a trace that the Perfetto trace viewer and Trace Compass open: Chrome's JSON Trace Event Format
// ("Trace Event Format", docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// A core of a board is a process, a CPU a thread of it: a stall is a slice, a report an instant, rcutorture a
// counter. Times are microseconds of the core's own clock, moved by analysis.offsets where these are known. What
// the two viewers ask of a trace, and where their sources say so, is in docs/trace.md.
std::string trace_events(const Analysis& analysis);

}  // namespace stallsight
