#include "analysis/guilty/guilty.h"

#include <algorithm>
#include <map>

#include "analysis/guilty/rules.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr std::size_t most_candidates = 3;

bool usable(const Frame& frame) {
    return frame.reliable && !frame.function.empty();
}

std::string shown(const Frame& frame) {
    return qualified_name(frame.function, frame.module);
}

void blame(Guilty& guilty, const Event& event, std::size_t index) {
    const Frame& frame = event.frames[index];
    guilty.function = std::string(without_suffix(frame.function));
    guilty.module = frame.module;
    guilty.frame = index;
}

// "passed over dump_stack (reporting machinery), mutex_lock (a locking primitive)", with each group once.
class PassedOver {
public:
    void add(const Frame& frame, Group group) {
        ++count_;
        const std::string_view words = words_of(group);
        if (text_.find(words) != std::string::npos) return;
        if (!text_.empty()) text_ += ", ";
        text_ += frame.function + " (" + std::string(words) + ")";
    }
    [[nodiscard]] std::string behind(std::string what) const {
        if (count_ == 0) return what;
        return what + "; passed over " + std::to_string(count_) + (count_ == 1 ? " frame: " : " frames: ") + text_;
    }

private:
    std::string text_;
    std::size_t count_ = 0;
};

// The first frame that no rule covers, and those after it as candidates.
Guilty first_uncovered(const Event& event, std::size_t start) {
    Guilty guilty;
    PassedOver passed;
    // What was leaked was handed out by whoever has "alloc" in the name: its caller lost it.
    static constexpr Rule any_allocator{"*alloc*", Group::allocating};
    const Rule* wrapper = event.kind == EventKind::memory_leak ? &any_allocator : nullptr;
    for (std::size_t i = start; i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame)) continue;
        const Rule* rule = rule_for(frame.function);
        if (rule == nullptr && wrapper && frame.function.find("alloc") != std::string::npos) rule = wrapper;
        if (rule != nullptr) {
            if (!guilty.frame) passed.add(frame, rule->group);
        } else if (!guilty.frame) {
            blame(guilty, event, i);
        } else if (guilty.candidates.size() + 1 < most_candidates) {
            guilty.candidates.push_back(shown(frame));
        } else {
            break;
        }
    }
    if (guilty.frame) guilty.reason = passed.behind("first frame that is not reporting machinery or a helper");
    return guilty;
}

// All frames are machinery: better the least general of them than nobody.
Guilty least_general(const Event& event, std::size_t start) {
    Guilty guilty;
    for (std::size_t i = start; i < event.frames.size(); ++i) {
        if (!usable(event.frames[i])) continue;
        const Rule* rule = rule_for(event.frames[i].function);
        if (rule != nullptr && rule->group == Group::reporting) continue;
        blame(guilty, event, i);
        guilty.reason = "every frame is machinery; this is the first that does not print the report";
        return guilty;
    }
    return guilty;
}

bool is_lockup(EventKind kind) {
    return kind == EventKind::rcu_stall || kind == EventKind::soft_lockup || kind == EventKind::hard_lockup;
}

// The interrupt that found the lockup is printed on top of what the CPU was doing.
std::size_t behind_interrupt(const Event& event) {
    if (event.kind != EventKind::rcu_stall)
        return 0;  // the watchdogs print the stack from the interrupted place on
    for (std::size_t i = 0; i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame)) continue;
        const Rule* rule = rule_for(frame.function);
        const bool interrupt = rule != nullptr && rule->group == Group::entry &&
                               !frame.function.starts_with("entry_") && !frame.function.starts_with("do_syscall") &&
                               !frame.function.starts_with("ret_from_");
        if (interrupt && i + 1 < event.frames.size()) return i + 1;
    }
    return 0;
}

// A CPU that loops is caught in a random leaf. What it was asked to do names the loop: the frame that the
// dispatcher of system calls, works, timers or packets called.
Guilty work_of_cpu(const Event& event) {
    Guilty guilty;
    std::optional<std::size_t> before;
    std::vector<std::size_t> passed;
    for (std::size_t i = behind_interrupt(event); i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame) || frame.inlined) continue;
        if (is_dispatcher(frame.function)) {
            if (!before) continue;
            blame(guilty, event, *before);
            guilty.reason = "what " + frame.function + " called: the CPU looped in it or below it";
            for (auto it = passed.rbegin(); it != passed.rend() && guilty.candidates.size() + 1 < most_candidates;
                 ++it) {
                if (*it != *before && rule_for(event.frames[*it].function) == nullptr) {
                    guilty.candidates.push_back(shown(event.frames[*it]));
                }
            }
            return guilty;
        }
        const Rule* rule = rule_for(frame.function);
        if (rule != nullptr && (rule->group == Group::reporting || rule->group == Group::entry)) continue;
        before = i;
        passed.push_back(i);
    }
    return guilty;
}

Guilty from_header(const Event& event) {
    Guilty guilty;
    if (const auto found = event.fields.find("function"); found != event.fields.end() && found->is_string()) {
        guilty.function = std::string(without_suffix(found->get<std::string>()));
        guilty.module = event.fields.value("module", "");
        guilty.reason = "named by the report's first line";
    }
    return guilty;
}

// Finds the frame of a function that the header names, and the candidates behind it.
Guilty located(Guilty guilty, const Event& event) {
    for (std::size_t i = 0; i < event.frames.size(); ++i) {
        if (!usable(event.frames[i]) || without_suffix(event.frames[i].function) != guilty.function) continue;
        const Guilty behind = first_uncovered(event, i + 1);
        guilty.frame = i;
        if (guilty.module.empty()) guilty.module = event.frames[i].module;
        if (behind.frame) guilty.candidates.push_back(shown(event.frames[*behind.frame]));
        if (!behind.candidates.empty()) guilty.candidates.push_back(behind.candidates[0]);
        break;
    }
    return guilty;
}

Guilty named_by_kind(const Event& event) {
    Guilty guilty;
    if (event.kind == EventKind::kcsan) {
        const auto functions = event.fields.find("functions");
        if (functions == event.fields.end() || functions->empty()) return guilty;
        guilty.function = std::string(without_suffix((*functions)[0].get<std::string>()));
        guilty.reason = "one side of the race, named by the report's first line";
        for (std::size_t i = 1; i < functions->size(); ++i)
            guilty.candidates.push_back((*functions)[i].get<std::string>());
    }
    if (const std::string last = event.fields.value("last_function", ""); !last.empty()) {
        guilty.function = last;
        guilty.reason = "the work that left the lock or the count behind";
    }
    if (event.kind == EventKind::panic) {
        constexpr std::string_view canary = "Kernel stack is corrupted in: ";
        const std::string reason = event.fields.value("reason", "");
        if (const std::size_t at = reason.find(canary); at != std::string::npos) {
            const std::string place = reason.substr(at + canary.size());
            guilty.function = std::string(without_suffix(place.substr(0, place.find_first_of("+ "))));
            guilty.reason = "its stack canary was overwritten";
        }
    }
    return guilty;
}

// A stack that overflowed is full of the recursion; who started it stands behind the last repetition.
std::size_t behind_recursion(const Event& event) {
    const std::string subtype = event.fields.value("subtype", "");
    const bool overflow = subtype == "stack_guard" || subtype == "double_fault" ||
                          event.headline.find("stack overflow") != std::string::npos ||
                          event.headline.starts_with("Insufficient stack space");
    if (!overflow) return 0;
    std::map<std::string_view, int> count;
    for (const Frame& frame : event.frames) {
        if (usable(frame)) ++count[frame.function];
    }
    constexpr int repeated = 3;
    for (std::size_t i = event.frames.size(); i > 0; --i) {
        if (count[event.frames[i - 1].function] >= repeated) return i;
    }
    return 0;
}

// A CPU that waits for the others to answer is a victim: one of them does not take interrupts.
Guilty waits_for_others(const Event& event) {
    Guilty guilty;
    for (std::size_t i = behind_interrupt(event); i < event.frames.size() && i < 64; ++i) {
        if (!usable(event.frames[i]) || !event.frames[i].function.starts_with("smp_call_function")) continue;
        blame(guilty, event, i);
        guilty.reason = "the CPU waits for another one to answer: look at the CPU that does not";
        return guilty;
    }
    return guilty;
}

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

Guilty lockdep_guilty(const Event& event) {
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

// These reports tell of no place in the code.
bool has_no_place(const Event& event) {
    return event.kind == EventKind::workqueue_lockup || event.kind == EventKind::oom;
}

}  // namespace

const Frame* first_own_frame(const std::vector<Frame>& frames) {
    const auto own = std::find_if(frames.begin(), frames.end(), [](const Frame& frame) {
        return usable(frame) && rule_for(frame.function) == nullptr && !is_dispatcher(frame.function);
    });
    return own == frames.end() ? nullptr : &*own;
}

Guilty find_guilty(const Event& event) {
    if (has_no_place(event)) return {};
    if (Guilty named = named_by_kind(event); !named.function.empty()) return named;
    if (event.kind == EventKind::warning || event.kind == EventKind::refcount) {
        Guilty header = from_header(event);
        if (!header.function.empty() && rule_for(header.function) == nullptr)
            return located(std::move(header), event);
    }
    if (event.kind == EventKind::lockdep) {
        if (Guilty lock = lockdep_guilty(event); !lock.function.empty()) return lock;
    }
    if (is_lockup(event.kind)) {
        if (Guilty others = waits_for_others(event); others.frame) return others;
    }
    const bool stack_end = event.headline.find("corrupted stack end") != std::string::npos;
    if (is_lockup(event.kind) || stack_end) {
        if (Guilty work = work_of_cpu(event); work.frame) return work;
    }
    const std::size_t start = is_lockup(event.kind) ? behind_interrupt(event) : behind_recursion(event);
    if (Guilty found = first_uncovered(event, start); found.frame) return found;
    if (Guilty header = from_header(event); !header.function.empty()) return header;
    return least_general(event, start);
}

}  // namespace stallsight
