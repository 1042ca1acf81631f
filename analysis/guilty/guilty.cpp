#include "analysis/guilty/guilty.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "analysis/guilty/blame.h"
#include "analysis/guilty/rules.h"

namespace stallsight {

namespace {

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
    if (const std::string caller = event.fields.value("caller", "");
        !caller.empty() && rule_for(caller) == nullptr) {
        guilty.function = std::string(without_suffix(caller));
        guilty.module = event.fields.value("module", "");
        guilty.reason = "the report names it as the caller";
        return located(std::move(guilty), event);
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

// arch/x86/mm/fault.c, "#PF: supervisor instruction fetch": nothing ran where the CPU jumped to; who jumped stands
// behind it.
std::size_t behind_bad_jump(const Event& event) {
    const bool jumped = event.kind == EventKind::oops && event.fields.value("instruction_fetch", false);
    return jumped && event.frames.size() > 1 && !event.frames.front().return_address ? 1 : 0;
}

bool is_lockup(EventKind kind) {
    return kind == EventKind::rcu_stall || kind == EventKind::soft_lockup || kind == EventKind::hard_lockup;
}

// Nothing but machinery is printed, but a kworker says which work it did.
Guilty work_that_ran(const Event& event) {
    Guilty guilty;
    const std::string work = event.fields.value("work", "");
    if (work.empty() || rule_for(work) != nullptr) return guilty;
    guilty.function = std::string(without_suffix(work));
    guilty.module = event.fields.value("work_module", "");
    guilty.reason = "every printed frame is machinery; this is the work that the kworker did";
    return guilty;
}

// Kernels without frame pointers, up to 4.13 on x86, mark all frames with "?": better those than nobody.
bool none_is_reliable(const Event& event) {
    const auto from_stack = [](const Frame& frame) { return frame.return_address && !frame.function.empty(); };
    return std::any_of(event.frames.begin(), event.frames.end(), from_stack) &&
           std::none_of(event.frames.begin(), event.frames.end(),
                        [&](const Frame& frame) { return from_stack(frame) && frame.reliable; });
}

// "? fail_set+0x290/0x290": on a stack that is only searched, the address of the function behind it, as callbacks
// have it, and no return address (kernel/kallsyms.c, sprint_backtrace(), looks up the byte before).
bool is_function_pointer(const Frame& frame) {
    return frame.return_address && frame.offset && frame.size && *frame.offset == *frame.size;
}

// These reports tell of no place in the code.
bool has_no_place(const Event& event) {
    return event.kind == EventKind::workqueue_lockup || event.kind == EventKind::oom;
}

}  // namespace

Guilty find_guilty(const Event& event) {
    if (has_no_place(event)) return {};
    if (none_is_reliable(event)) {
        Event trusted = event;
        for (Frame& frame : trusted.frames) frame.reliable = !is_function_pointer(frame);
        if (none_is_reliable(trusted))
            for (Frame& frame : trusted.frames) frame.reliable = true;
        Guilty guilty = find_guilty(trusted);
        guilty.reason += "; the kernel doubts all frames of this stack (\"?\")";
        return guilty;
    }
    if (Guilty named = named_by_kind(event); !named.function.empty()) return named;
    if (event.kind == EventKind::warning || event.kind == EventKind::refcount) {
        Guilty header = from_header(event);
        if (!header.function.empty() && rule_for(header.function) == nullptr)
            return located(std::move(header), event);
    }
    if (event.kind == EventKind::lockdep) {
        if (Guilty lock = guilty_of_lockdep(event); !lock.function.empty()) return lock;
    }
    const bool stack_end = event.headline.find("corrupted stack end") != std::string::npos;
    if (is_lockup(event.kind) || stack_end) {
        if (Guilty lockup = guilty_of_lockup(event); lockup.frame) {
            if (rule_for(lockup.function) == nullptr) return lockup;
            const Guilty work = work_that_ran(event);
            return work.function.empty() ? lockup : work;
        }
    }
    const std::size_t start =
        is_lockup(event.kind) ? behind_interrupt(event) : std::max(behind_recursion(event), behind_bad_jump(event));
    if (Guilty found = first_uncovered(event, start); found.frame) return found;
    if (Guilty work = work_that_ran(event); !work.function.empty()) return work;
    if (Guilty header = from_header(event); !header.function.empty()) return header;
    return least_general(event, start);
}

}  // namespace stallsight
