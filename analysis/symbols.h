// Gives every frame its source place, and names the modules whose debug info is missing.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight {

// Adds the bundle's own debug files and lists of names, and those under options.debug_dirs.
void add_debug_files(Analysis& analysis, const AnalysisOptions& options, Symbolizer& symbolizer);

// Resolves the frames of all events. Files that are damaged or of another build are put among the problems.
void symbolize_events(Analysis& analysis, Symbolizer& symbolizer, const Progress& progress);

// What the symbolizer is asked for a frame. `callee`: function of the next reliable frame further in, or empty.
CodePlace code_place(const Frame& frame, const std::string& callee);

// Can it be asked? A frame needs a name with an offset or an address.
bool has_code_place(const Frame& frame);

}  // namespace stallsight
