// A JSON object as a member of a value type. It lies behind a pointer, so that only those who look into it include
// the JSON library, whose header takes longer to read than most files that would have it through others.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <utility>

namespace stallsight {

// A template, because what it does with the library's type must wait until somebody uses it.
template <class Json>
class HeldJson {
public:
    HeldJson();  // {}
    HeldJson(Json value);
    HeldJson(const HeldJson& other);
    HeldJson(HeldJson&& other) noexcept;
    HeldJson& operator=(const HeldJson& other);
    HeldJson& operator=(HeldJson&& other) noexcept;
    ~HeldJson();

    [[nodiscard]] Json& get() { return *json_; }
    [[nodiscard]] const Json& get() const { return *json_; }
    operator Json&() { return *json_; }
    operator const Json&() const { return *json_; }

    // As the library's objects have them.
    template <class Key>
    decltype(auto) operator[](Key&& key) {
        return get()[std::forward<Key>(key)];
    }
    template <class Key>
    decltype(auto) operator[](Key&& key) const {
        return get()[std::forward<Key>(key)];
    }
    template <class Key>
    [[nodiscard]] bool contains(Key&& key) const {
        return get().contains(std::forward<Key>(key));
    }
    template <class Key, class Value>
    [[nodiscard]] auto value(Key&& key, Value&& otherwise) const {
        return get().value(std::forward<Key>(key), std::forward<Value>(otherwise));
    }
    template <class Key>
    [[nodiscard]] auto find(Key&& key) const {
        return get().find(std::forward<Key>(key));
    }
    [[nodiscard]] auto end() const { return get().end(); }
    [[nodiscard]] auto items() const { return get().items(); }
    template <class Key>
    void erase(Key&& key) {
        get().erase(std::forward<Key>(key));
    }

private:
    std::unique_ptr<Json> json_;
};

using JsonObject = HeldJson<nlohmann::ordered_json>;

}  // namespace stallsight
