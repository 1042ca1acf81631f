#include "analysis/locks/held_locks.h"

#include <nlohmann/json.hpp>

namespace stallsight {

std::vector<std::string> locks_taken_in(const Event& report, const std::string& function) {
    std::vector<std::string> locks;
    const auto held = report.fields.find("held_locks");
    if (function.empty() || held == report.fields.end() || !held->is_array()) return locks;
    for (const Fields& lock : *held)
        if (lock.is_object() && lock.value("function", std::string()) == function)
            locks.push_back(lock.value("class", std::string()));
    return locks;
}

}  // namespace stallsight
