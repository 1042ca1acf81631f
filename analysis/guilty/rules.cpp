#include "analysis/guilty/rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/guilty/rules/tables.h"

namespace stallsight {

namespace {

using enum Group;

bool matches(std::string_view name, std::string_view pattern) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return name == pattern;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    name.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    if (pattern.empty()) return true;
    for (std::size_t at = 0; at <= name.size(); ++at) {
        if (matches(name.substr(at), pattern)) return true;
    }
    return false;
}

// A log has many frames and there are many rules: only those are tried whose first letter fits.
class RulesByLetter {
public:
    RulesByLetter() {
        for (const auto& table :
             {reporting_rules(), waiting_rules(), memory_rules(), objects_rules(), entry_rules()}) {
            for (const Rule& rule : table) add(rule);
        }
    }

    [[nodiscard]] const Rule* first_match(std::string_view function) const {
        const auto& row = rows_[static_cast<unsigned char>(function.front())];
        const auto found = std::find_if(row.begin(), row.end(),
                                        [&](const Rule* rule) { return matches(function, rule->pattern); });
        return found == row.end() ? nullptr : *found;
    }

private:
    void add(const Rule& rule) {
        if (rule.pattern.front() != '*') {
            rows_[static_cast<unsigned char>(rule.pattern.front())].push_back(&rule);
            return;
        }
        for (auto& row : rows_) row.push_back(&rule);
    }

    std::array<std::vector<const Rule*>, 256> rows_;
};

}  // namespace

std::string_view words_of(Group group) {
    switch (group) {
        case reporting:
            return "reporting machinery";
        case scheduling:
            return "the scheduler";
        case locking:
            return "a locking primitive";
        case waiting:
            return "a waiting primitive";
        case allocating:
            return "the allocator";
        case copying:
            return "a copying or string helper";
        case container:
            return "a list, tree or counter helper";
        case helper:
            return "a helper";
        case entry:
            return "interrupt or system call entry";
    }
    return {};
}

std::string_view without_suffix(std::string_view function) {
    for (const std::string_view mark : {".isra", ".part", ".constprop", ".cold", ".llvm", ".lto_priv"}) {
        const std::size_t at = function.find(mark);
        if (at != std::string_view::npos && at > 0) function = function.substr(0, at);
    }
    return function;
}

const Rule* rule_for(std::string_view function) {
    function = without_suffix(function);
    if (function.empty()) return nullptr;
    static const RulesByLetter rules;
    return rules.first_match(function);
}

bool is_dispatcher(std::string_view function) {
    function = without_suffix(function);
    const auto patterns = dispatcher_patterns();
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](std::string_view pattern) { return matches(function, pattern); });
}

}  // namespace stallsight
