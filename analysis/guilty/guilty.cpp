#include "analysis/guilty/guilty.h"

#include "analysis/guilty/rules.h"

namespace stallsight {

namespace {

constexpr std::size_t most_candidates = 3;

bool usable(const Frame& frame) {
    return frame.reliable && !frame.function.empty();
}

std::string shown(const Frame& frame) {
    return frame.module.empty() ? frame.function : frame.function + " [" + frame.module + "]";
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
    for (std::size_t i = start; i < event.frames.size(); ++i) {
        const Frame& frame = event.frames[i];
        if (!usable(frame)) continue;
        const Rule* rule = rule_for(frame.function);
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
        if (rule != nullptr && (rule->group == Group::reporting || rule->group == Group::entry)) continue;
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

// These reports tell of no place in the code.
bool has_no_place(const Event& event) {
    return event.kind == EventKind::workqueue_lockup || event.kind == EventKind::oom;
}

}  // namespace

Guilty find_guilty(const Event& event) {
    if (has_no_place(event)) return {};
    if (Guilty named = named_by_kind(event); !named.function.empty()) return named;
    if (is_lockup(event.kind)) {
        if (Guilty work = work_of_cpu(event); work.frame) return work;
    }
    const std::size_t start = is_lockup(event.kind) ? behind_interrupt(event) : 0;
    if (Guilty found = first_uncovered(event, start); found.frame) return found;
    if (Guilty header = from_header(event); !header.function.empty()) return header;
    return least_general(event, start);
}

}  // namespace stallsight
