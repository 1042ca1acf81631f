#include "analysis/locks/lock_cycle.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/words.h"

namespace stallsight {

namespace {

std::string text_of(const Fields& fields, const char* key) {
    const auto found = fields.find(key);
    return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Who took the lock, by the stack that was recorded when it happened.
void name_taker(LockStep& step, const Event& report, std::int64_t number) {
    const std::string head = "-> #" + std::to_string(number) + " ";
    for (const Section& section : report.sections) {
        if (section.kind != Section::Kind::lock_chain || !section.title.starts_with(head)) continue;
        const Frame* taker = first_own_frame(section.frames);
        if (taker == nullptr) return;
        step.function = taker->function;
        step.module = taker->module;
        step.line = taker->line;
        return;
    }
}

// "-> #2", "-> #1", "-> #0": in reverse order. #0 is the lock that is wanted now; #1 was taken under it before, and
// #2, which is held, under #1.
std::vector<LockStep> recorded(const Event& report) {
    std::vector<LockStep> steps;
    const auto cycle = report.fields.find("cycle");
    if (cycle == report.fields.end() || !cycle->is_array()) return steps;
    for (const Fields& lock : *cycle) {
        const auto number = lock.find("number");
        if (number == lock.end() || !number->is_number()) return {};
        LockStep step{text_of(lock, "class"), {}, {}, 0};
        name_taker(step, report, number->get<std::int64_t>());
        steps.push_back(std::move(step));
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

// "Chain exists of: A --> B --> C", where the stacks stand elsewhere.
std::vector<LockStep> ordered(const Event& report) {
    std::vector<LockStep> steps;
    const auto order = report.fields.find("order");
    if (order == report.fields.end() || !order->is_array()) return steps;
    for (const Fields& lock : *order)
        if (lock.is_string()) steps.push_back({lock.get<std::string>(), {}, {}, 0});
    return steps;
}

LockStep wanted_step(const Fields& wanted) {
    return {text_of(wanted, "class"), text_of(wanted, "function"), text_of(wanted, "module"), 0};
}

}  // namespace

std::optional<LockCycle> lock_cycle(const EventInfo& event) {
    const Event& report = event.report;
    if (report.kind != EventKind::lockdep) return std::nullopt;
    const std::string family = text_of(report.fields, "family");
    const auto wanted = report.fields.find("wanted");
    LockCycle cycle;
    cycle.task = report.task;
    if (family == "recursive" && wanted != report.fields.end()) {
        cycle.steps.push_back(wanted_step(*wanted));
    } else if (family == "circular") {
        cycle.steps = recorded(report);
        if (cycle.steps.size() < 2) return std::nullopt;
        if (LockStep& first = cycle.steps.front();
            wanted != report.fields.end() && text_of(*wanted, "class") == first.lock && first.function.empty())
            first = wanted_step(*wanted);
    } else if (family == "irq_inversion" || family == "unsafe_order") {
        cycle.steps = ordered(report);
        cycle.by_interrupt = true;
        if (cycle.steps.size() < 2) return std::nullopt;
    } else {
        return std::nullopt;
    }
    return cycle;
}

std::vector<std::pair<const EventInfo*, LockCycle>> first_lock_cycles(const Analysis& analysis) {
    std::vector<std::pair<const EventInfo*, LockCycle>> out;
    std::set<std::string> seen;
    for (const EventInfo& event : analysis.events)
        if (auto cycle = lock_cycle(event); cycle && seen.insert(event.signature).second)
            out.emplace_back(&event, std::move(*cycle));
    return out;
}

std::string closing_words(const LockCycle& cycle) {
    if (cycle.by_interrupt) return "an interrupt takes it here";
    const LockStep& first = cycle.steps.front();
    const std::string who = task_words(cycle.task);
    std::string words = (who.empty() ? "a task" : who) + " takes it";
    if (cycle.steps.size() == 1) words += " again";
    return first.function.empty() ? words : words + " in " + qualified_name(first.function, first.module);
}

}  // namespace stallsight
