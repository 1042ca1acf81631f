// How times, counts and names are written for a person, the same everywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

std::string fixed(double value, int digits);                // "173.39"
std::string offset_words(double offset_s, double error_s);  // "+99.800 s ± 0.300 s"
std::string significant(double value, int digits);          // "0.0187", "4.5e-64"
std::string duration_words(double seconds);                 // "4 h 14 min 28 s", "350 ms"
std::string grouped(long long value);                       // "15 268 234"
std::string counted(std::size_t n, std::string_view noun);  // "1 warning", "3 warnings"
std::string hex(unsigned long long value, int width = 0);   // "0x00000203"
std::string joined(const std::vector<std::string>& items);  // "a", "a and b", "a, b and c"
std::string cpus_words(const std::vector<int>& cpus);       // "CPU 3", "CPUs 3 and 5"
std::string task_words(const Task& task);  // "clock_hwa_app (pid 5271)"; empty when nothing names it
// "nokia_rpmsg_notify [rpmsg_platform_driver]"; without a module the function alone
std::string qualified_name(const std::string& function, const std::string& module);

}  // namespace stallsight
