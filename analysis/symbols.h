// Gives every frame its source place, and names the modules whose debug info is missing.
#pragma once

#include "analysis/analysis.h"

namespace stallsight {

// Adds the bundle's own debug files and those under options.debug_dirs, and resolves the frames of all events.
// The symbolizer is returned because its answers are wanted later, too (crash text, the window).
void symbolize_events(Analysis& analysis, const AnalysisOptions& options, const Progress& progress);

}  // namespace stallsight
