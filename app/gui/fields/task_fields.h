// What a dump, or a saved session, says of a task, field by field.
#pragma once

#include <vector>

#include "app/gui/fields/field_rows.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight::gui {

std::vector<FieldRow> task_field_rows(const KernelTask& task);

}  // namespace stallsight::gui
