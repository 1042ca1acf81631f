// The sentences of the analysis with the names in them made to stand out.
#pragma once

#include "analysis/analysis.h"

#include <QString>

namespace stallsight::gui {

// Plain text to rich text: functions in bold monospace, tasks and modules bold.
QString marked_up(const std::string& sentence, const Analysis& analysis);

// The first "path:line" in a sentence that names a file of the bundle, or empty.
std::string place_in(const std::string& sentence, const Analysis& analysis);

}  // namespace stallsight::gui
