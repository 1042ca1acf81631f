#include "symbolizer/symbolizer.h"

namespace stallsight {

std::string_view name_of(CallSite site) {
    switch (site) {
        case CallSite::direct: return "direct";
        case CallSite::indirect: return "indirect";
        case CallSite::not_a_call: return "not_a_call";
        case CallSite::unknown: break;
    }
    return "unknown";
}

}  // namespace stallsight
