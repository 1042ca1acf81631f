// One dump with its kernel's debug info: what only memory knows, and the source lines of all stacks.
#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "parsers/bundle/dumps.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {

// Adds to `info`. Without a vmlinux nothing is added. Why what there is cannot be used, and what was not found in
// memory, is returned.
std::vector<Error> read_dump(const Dump& dump, Symbolizer& symbolizer, const Progress& progress, CrashInfo& info);

// The dumps of a bundle into analysis.crashes, behind what is there.
void read_dumps(Analysis& analysis, const std::vector<BundleDump>& dumps, Symbolizer& symbolizer,
                const Progress& progress);

// The dumps alone, without the reports of their logs: quick. Fails where there is none that can be read. With
// `memory` off debug info is not looked for: there are no tasks then.
Result<Analysis> analyse_dumps(const std::string& path, const AnalysisOptions& options, bool memory);

}  // namespace stallsight
