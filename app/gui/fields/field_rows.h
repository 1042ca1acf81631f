// What a report says, field by field, in words.
#pragma once

#include <QString>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight::gui {

struct FieldRow {
    QString name, value;
    std::vector<FieldRow> parts;
};

std::vector<FieldRow> field_rows(const Analysis& analysis, const EventInfo& event);

// "gps_behind" -> "gps behind"; keys that the field knows by another name get that one.
QString field_name(const std::string& key);

}  // namespace stallsight::gui
