// What was opened, as rows: board ▸ core ▸ file, what is in each, and what is missing.
#pragma once

#include "analysis/analysis.h"
#include "app/gui/rows/row_model.h"

namespace stallsight::gui {

std::vector<Row> bundle_rows(const Analysis& analysis);

}  // namespace stallsight::gui
