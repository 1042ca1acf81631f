// A dump's tasks, stacks and waits as text that users of `crash` know.
#pragma once

#include <string>

#include "analysis/analysis.h"

namespace stallsight::cli {

std::string print_system(const CrashInfo& dump, const std::string& name);  // `sys`, and what memory tells
std::string print_tasks(const CrashInfo& dump);                            // `ps`
// `foreach bt -l`; with `active_only`, `bt -a -l`. Inlined functions are lines of their frame.
std::string print_stacks(const CrashInfo& dump, bool active_only);
std::string print_waits(const CrashInfo& dump);
std::string print_rcu(const CrashInfo& dump);

}  // namespace stallsight::cli
