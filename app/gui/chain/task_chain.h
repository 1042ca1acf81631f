// What the chain panel says of a task of a dump or of a saved session.
#pragma once

#include <QString>

#include "analysis/analysis.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

// Of a task that ran with preemption off when its kernel was stopped; null for others.
const Chain* chain_of_task(const Analysis& analysis, const TaskAt& at);

// Why there is no chain, as rich text.
QString no_chain_of_task(const Analysis& analysis, const TaskAt& at);

// What memory says of whom it waits for, and who for it: paragraphs of rich text, or none.
QStringList waits_of_task(const Analysis& analysis, const TaskAt& at);

}  // namespace stallsight::gui
