// The report as one self-contained page: no network, no script, prints well.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "analysis/case/case_file.h"

namespace stallsight {

std::string html_report(const Analysis& analysis, const CaseFile& notes);

}  // namespace stallsight
