#include "analysis/signature.h"

#include <nlohmann/json.hpp>

#include "analysis/words.h"

namespace stallsight {

std::string without_clone_suffix(const std::string& function) {
    const std::size_t dot = function.find('.', 1);
    return function.substr(0, dot);
}

std::string signature_of(const EventInfo& event) {
    std::string out(name_of(event.report.kind));
    if (const auto subtype = event.report.fields.find("subtype");
        subtype != event.report.fields.end() && subtype->is_string())
        out += ":" + subtype->get<std::string>();
    const std::string function = event.guilty.function.empty() ? "?" : without_clone_suffix(event.guilty.function);
    return out + "/" + qualified_name(function, event.guilty.module);
}

}  // namespace stallsight
