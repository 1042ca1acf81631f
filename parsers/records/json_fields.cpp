#include "parsers/records/json_fields.h"

#if defined(__SSE2__)
#define RAPIDJSON_SSE2  // strings 16 bytes at a time
#endif
#include <rapidjson/reader.h>

#include <algorithm>

#include "parsers/text.h"

namespace stallsight {

namespace {

class Collector : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Collector> {
public:
    Collector(std::span<const std::string_view> names, std::span<std::string> values)
        : names_(names), values_(values) {}

    // NOLINTBEGIN(readability-identifier-naming): names that rapidjson calls
    bool StartObject() { return ++depth_ > 0; }
    bool EndObject(rapidjson::SizeType) { return --depth_ >= 0; }
    bool StartArray() {
        bytes_ = depth_++ == 1;
        return depth_ > 1;  // the whole is no object
    }
    bool EndArray(rapidjson::SizeType) {
        bytes_ = false;
        return --depth_ > 0;
    }
    bool Key(const char* name, rapidjson::SizeType size, bool) {
        if (depth_ != 1) return true;
        const auto found = std::find(names_.begin(), names_.end(), std::string_view(name, size));
        value_ = found == names_.end() ? nullptr : &values_[static_cast<std::size_t>(found - names_.begin())];
        return true;
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        if (value_ != nullptr && depth_ == 1) value_->assign(text, size);
        return depth_ > 0;
    }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {
        if (value_ == nullptr || !bytes_ || depth_ != 2) return String(text, size, copy);
        std::string_view digits(text, size);
        if (const auto byte = eat_number(digits); byte && *byte < 256 && digits.empty())
            *value_ += static_cast<char>(*byte);
        return true;
    }
    bool Default() { return depth_ > 0; }
    // NOLINTEND(readability-identifier-naming)

private:
    std::span<const std::string_view> names_;
    std::span<std::string> values_;
    std::string* value_ = nullptr;  // of the field that is being read
    int depth_ = 0;
    bool bytes_ = false;  // inside a field's array
};

}  // namespace

bool JsonFieldReader::read(std::string_view object, std::span<std::string> values) {
    for (std::string& value : values) value.clear();
    // Strings are decoded in place; the reader looks at 16 bytes at once.
    copy_.assign(object).append(16, '\0');
    rapidjson::InsituStringStream stream(copy_.data());
    rapidjson::Reader reader;
    Collector collector(names_, values);
    // Iterative: what is nested deeply must not fill the stack.
    constexpr unsigned flags =
        rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    return !reader.Parse<flags>(stream, collector).IsError();
}

}  // namespace stallsight
