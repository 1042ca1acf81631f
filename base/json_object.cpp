#include "base/json_object.h"

#include <nlohmann/json.hpp>

namespace stallsight {

template <class Json>
HeldJson<Json>::HeldJson() : HeldJson(Json::object()) {}
template <class Json>
HeldJson<Json>::HeldJson(Json value) : json_(std::make_unique<Json>(std::move(value))) {}
template <class Json>
HeldJson<Json>::HeldJson(const HeldJson& other) : HeldJson(other.json_ ? *other.json_ : Json::object()) {}
template <class Json>
HeldJson<Json>::HeldJson(HeldJson&& other) noexcept = default;
template <class Json>
HeldJson<Json>& HeldJson<Json>::operator=(const HeldJson& other) {
    if (this != &other) *this = HeldJson(other);
    return *this;
}
template <class Json>
HeldJson<Json>& HeldJson<Json>::operator=(HeldJson&& other) noexcept = default;
template <class Json>
HeldJson<Json>::~HeldJson() = default;

template class HeldJson<nlohmann::ordered_json>;

}  // namespace stallsight
