#include "base/error.h"

namespace stallsight {

std::string Error::text() const {
    std::string out = path;
    for (const std::string* part : {&place, &what}) {
        if (part->empty()) continue;
        if (!out.empty()) out += ": ";
        out += *part;
    }
    return out;
}

}  // namespace stallsight
