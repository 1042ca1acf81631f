// The machine-readable contract, schema stallsight.analysis/1: the same bytes for the same input. docs/json.md.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "analysis/json_stream.h"

namespace stallsight {

void write_json(const Analysis& analysis, const JsonStream::Sink& sink);
std::string to_json(const Analysis& analysis);

}  // namespace stallsight
