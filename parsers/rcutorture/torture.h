// Reads the lines of rcutorture and its kin. Formats: kernel/rcu/rcutorture.c, kernel/torture.c,
// kernel/locking/locktorture.c, kernel/scftorture.c, kernel/rcu/rcuscale.c, refscale.c; 3.x to 6.x.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/rcutorture/sample.h"

namespace stallsight {

struct TortureLiteral {
    std::string_view text;
    bool common = false;  // printed every minute: of a very long log a part is enough
};
const std::vector<TortureLiteral>& torture_literals();

// The sample that starts with this record, or nothing. `line` is the record's number.
std::optional<TortureSample> start_torture_sample(const Record& record, std::uint64_t line);
// A following record: true when it belongs to the sample. Only statistics and refscale's table have more than one
// line.
bool continue_torture_sample(TortureSample& sample, const Record& record, std::uint64_t line);
// Fills `failed` and `words` once all lines are read.
void judge_torture_sample(TortureSample& sample);

}  // namespace stallsight
