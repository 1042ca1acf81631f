// Turns line numbers and offsets of a rewritten log back into those of the artifact.
#pragma once

#include <string_view>

#include "parsers/records/rewritten_log.h"
#include "parsers/reports/scan.h"

namespace stallsight {

// `text` is the artifact; the scan's line index becomes that of the artifact.
void move_to_origins(LogScan& scan, const RewrittenLog& rewritten, std::string_view text);

}  // namespace stallsight
