#include "analysis/guilty/blame.h"

#include <algorithm>

#include "analysis/guilty/rules.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

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

}  // namespace

std::string shown(const Frame& frame) {
    return qualified_name(frame.function, frame.module);
}

bool usable(const Frame& frame) {
    return frame.reliable && !frame.function.empty();
}

void blame(Guilty& guilty, const Event& event, std::size_t index) {
    const Frame& frame = event.frames[index];
    guilty.function = std::string(without_suffix(frame.function));
    guilty.module = frame.module;
    guilty.frame = index;
}

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

const Frame* first_own_frame(const std::vector<Frame>& frames) {
    const auto own = std::find_if(frames.begin(), frames.end(), [](const Frame& frame) {
        return usable(frame) && rule_for(frame.function) == nullptr && !is_dispatcher(frame.function);
    });
    return own == frames.end() ? nullptr : &*own;
}

}  // namespace stallsight
