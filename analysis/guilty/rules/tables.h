// The rules as data, a file a layer of the kernel. Names were collected from 3.x to 6.x.
#pragma once

#include <span>
#include <string_view>

#include "analysis/guilty/rules.h"

namespace stallsight {

// In the order in which they are asked.
std::span<const Rule> reporting_rules();
std::span<const Rule> fault_rules();
std::span<const Rule> waiting_rules();
std::span<const Rule> memory_rules();
std::span<const Rule> copying_rules();
std::span<const Rule> objects_rules();
std::span<const Rule> device_rules();
std::span<const Rule> entry_rules();

std::span<const std::string_view> dispatcher_patterns();
std::span<const std::string_view> waits_for_cpus_patterns();

}  // namespace stallsight
