// The fields of one flat JSON object, as the journal and dmesg print their records: only those that are asked for
// are kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stallsight {

class JsonFieldReader {
public:
    // `names` must outlive this.
    explicit JsonFieldReader(std::span<const std::string_view> names) : names_(names) {}

    // Puts the value of names[i] into values[i]: strings and numbers as text, and an array of numbers, by which the
    // journal prints what is no UTF-8, as the bytes. What is missing becomes empty. False when `object` is no JSON
    // object.
    bool read(std::string_view object, std::span<std::string> values);

private:
    std::span<const std::string_view> names_;
    std::string copy_;
};

}  // namespace stallsight
