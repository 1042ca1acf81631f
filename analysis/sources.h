// Finds the text of a source file that debug info or a report names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight {

// The place in the source that a frame stands for.
struct SourceSpot {
    std::string file;
    int line = 0;
    std::string said_by;  // "debug info", "the report"
};

std::optional<SourceSpot> source_spot(const Analysis& analysis, const EventInfo& event,
                                      std::optional<std::size_t> frame);

// What debug info says of the frame, else what the text itself says.
std::optional<SourceSpot> source_spot(const Frame& frame, const Resolution* symbols);

struct FoundSource {
    std::string name;  // where it was found
    Bytes text;
};

// Where the path was moved to first, then in the given folders (the longest tail of the path that exists there),
// then among the bundle's own files.
std::optional<FoundSource> find_source(const Analysis& analysis, const SourceSearch& where,
                                       const std::string& file);

// "FROM=TO", of --source-map. Nothing where one of the two is empty.
std::optional<SourceSearch::Moved> source_map(const std::string& text);

}  // namespace stallsight
