// Who is blamed for a report: the first frame that is neither the reporting machinery nor a helper that only did
// what its caller asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

// Who is blamed, and why.
struct Guilty {
    std::string function, module;
    std::optional<std::size_t> frame;     // index into the event's frames
    std::string reason;                   // "first frame that is not reporting machinery"
    std::vector<std::string> candidates;  // the next ones
    bool by_user = false;                 // decided in the case file, not by the rules
};

// The first frame that is no machinery, helper or dispatcher: whose doing a stack is. Null: there is none.
const Frame* first_own_frame(const std::vector<Frame>& frames);

Guilty find_guilty(const Event& event);

// "BUG: scheduling while atomic in nokia_rpmsg_notify": the same for every build and machine; the base of a
// signature.
std::string canonical_title(const Event& event, const Guilty& guilty);

}  // namespace stallsight
