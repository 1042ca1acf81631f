// Whom lockdep's reports blame.
#include "analysis/guilty/blame.h"

#include <nlohmann/json.hpp>

#include "analysis/guilty/rules.h"

namespace stallsight {

namespace {

// Lockdep names the place where the lock is taken; only if that is a wrapper, the lock that is held already.
Guilty from_locks(const Event& event) {
    Guilty guilty;
    const auto consider = [&](const Fields& lock, const char* what) {
        const std::string function = lock.value("function", "");
        if (function.empty() || rule_for(function) != nullptr || is_dispatcher(function)) return;
        if (!guilty.function.empty()) {
            if (guilty.candidates.size() + 1 < most_candidates) guilty.candidates.push_back(function);
            return;
        }
        guilty.function = std::string(without_suffix(function));
        guilty.module = lock.value("module", "");
        guilty.reason = what;
        for (std::size_t i = 0; i < event.frames.size(); ++i) {
            if (usable(event.frames[i]) && event.frames[i].function == function) {
                guilty.frame = i;
                break;
            }
        }
    };
    if (event.fields.contains("unlocked_at")) {
        Fields place = Fields::object();
        place["function"] = event.fields["unlocked_at"];
        consider(place, "released a lock that it does not hold");
    }
    if (event.fields.contains("wanted")) consider(event.fields["wanted"], "takes the lock that closes the cycle");
    if (event.fields.contains("held")) consider(event.fields["held"], "took the lock that is held already");
    const std::string family = event.fields.value("family", "");
    if ((family == "still_held" || family == "held_on_return") && event.fields.contains("held_locks")) {
        for (const Fields& lock : event.fields["held_locks"]) consider(lock, "took a lock and never released it");
    }
    return guilty;
}

// Neither lock nor stack names anybody: the recorded chain does.
Guilty from_chain(const Event& event) {
    for (const Section& section : event.sections) {
        if (section.kind != Section::Kind::lock_chain) continue;
        const Frame* taker = first_own_frame(section.frames);
        if (taker == nullptr) continue;
        Guilty guilty;
        guilty.function = std::string(without_suffix(taker->function));
        guilty.module = taker->module;
        guilty.reason = "the first of the recorded lock chain that is no wrapper";
        return guilty;
    }
    return {};
}

// "HARDIRQ-safe -> HARDIRQ-unsafe": who takes the first lock in an interrupt.
Guilty from_irq_user(const Event& event) {
    for (const Section& section : event.sections) {
        if (section.title.find("which became") == std::string::npos) continue;
        Event part;
        part.frames = section.frames;
        Guilty guilty = first_uncovered(part, 0);
        if (!guilty.frame) continue;
        guilty.frame.reset();
        guilty.reason = "takes the lock in an interrupt";
        return guilty;
    }
    return {};
}

}  // namespace

Guilty guilty_of_lockdep(const Event& event) {
    if (event.fields.value("family", "") == "unsafe_order") {
        if (Guilty user = from_irq_user(event); !user.function.empty()) return user;
    }
    if (event.fields.value("family", "") != "suspicious_rcu") {
        if (Guilty named = from_locks(event); !named.function.empty()) return named;
    }
    Guilty stack = first_uncovered(event, 0);
    if (stack.frame && !is_dispatcher(stack.function)) return stack;
    if (Guilty chain = from_chain(event); !chain.function.empty()) return chain;
    return stack;
}

}  // namespace stallsight
