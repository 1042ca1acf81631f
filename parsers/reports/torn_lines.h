// Lines inside lines: a console may write one CPU's record into the middle of another's. The rest of the torn
// record then stands in the next line, which has no stamp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/records/record.h"

namespace stallsight {

// The records that stand in one line, in their order. `first` is the line read as one record.
std::vector<Record> records_in(std::string_view text, const Record& first);

// The message of the record that begins with `beginning`, which another record tore, when `next`, the line behind,
// is its rest: together they mean something, and the beginning alone does not, or less.
std::optional<std::string> join_torn(const Record& beginning, const Record& next);

}  // namespace stallsight
