#include "analysis/guilty/rules.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <unordered_map>
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

// A log has many frames and there are many rules: plain names are looked up, and only those patterns are tried
// whose first letter fits. The first rule of the table that matches counts.
class RuleIndex {
public:
    RuleIndex() {
        for (const auto& table : {reporting_rules(), fault_rules(), waiting_rules(), memory_rules(),
                                  copying_rules(), objects_rules(), device_rules(), entry_rules()}) {
            for (const Rule& rule : table) add({&rule, rules_++});
        }
    }

    [[nodiscard]] const Rule* first_match(std::string_view function) const {
        const auto named = names_.find(function);
        const Ranked best = named == names_.end() ? Ranked{} : named->second;
        for (const Ranked& pattern : patterns_[static_cast<unsigned char>(function.front())]) {
            if (pattern.rank > best.rank) break;
            if (matches(function, pattern.rule->pattern)) return pattern.rule;
        }
        return best.rule;
    }

private:
    struct Ranked {
        const Rule* rule = nullptr;
        std::size_t rank = std::numeric_limits<std::size_t>::max();
    };

    void add(const Ranked& ranked) {
        const std::string_view pattern = ranked.rule->pattern;
        if (pattern.find('*') == std::string_view::npos) {
            names_.try_emplace(pattern, ranked);
        } else if (pattern.front() != '*') {
            patterns_[static_cast<unsigned char>(pattern.front())].push_back(ranked);
        } else {
            for (auto& row : patterns_) row.push_back(ranked);
        }
    }

    std::size_t rules_ = 0;
    std::unordered_map<std::string_view, Ranked> names_;
    std::array<std::vector<Ranked>, 256> patterns_;  // by first letter
};

struct Judgement {
    const Rule* rule = nullptr;
    bool dispatcher = false, waits_for_cpus = false;
};

bool matches_any(std::string_view function, std::span<const std::string_view> patterns) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](std::string_view pattern) { return matches(function, pattern); });
}

Judgement judge(std::string_view function) {
    static const RuleIndex rules;
    return {rules.first_match(function), matches_any(function, dispatcher_patterns()),
            matches_any(function, waits_for_cpus_patterns())};
}

struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
};

// The same few functions stand in most stacks of a log: each thread judges them once.
Judgement judgement_of(std::string_view function) {
    constexpr std::size_t most_known = 4096;
    constexpr std::size_t longest = 128;
    function = without_suffix(function);
    if (function.empty()) return {};
    if (function.size() > longest) return judge(function);
    thread_local std::unordered_map<std::string, Judgement, Hash, std::equal_to<>> known;
    if (const auto found = known.find(function); found != known.end()) return found->second;
    if (known.size() >= most_known) known.clear();
    return known.try_emplace(std::string(function), judge(function)).first->second;
}

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
        case interrupt:
            return "interrupt entry";
        case entry:
            return "kernel entry";
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
    return judgement_of(function).rule;
}

bool is_dispatcher(std::string_view function) {
    return judgement_of(function).dispatcher;
}

bool waits_for_cpus(std::string_view function) {
    return judgement_of(function).waits_for_cpus;
}

}  // namespace stallsight
