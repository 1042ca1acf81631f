#include "analysis/json_stream.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace stallsight {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t full_bytes = 256 * std::size_t{1024};

class IndentingWriter : public rapidjson::PrettyWriter<rapidjson::StringBuffer> {
public:
    using PrettyWriter::PrettyWriter;

    // What stands in front of a value at this place.
    void start_value() { PrettyPrefix(rapidjson::kObjectType); }
};

}  // namespace

struct JsonStream::Writer {
    Sink sink;
    rapidjson::StringBuffer out;
    IndentingWriter json{out};

    explicit Writer(Sink s) : sink(std::move(s)) { json.SetIndent(' ', 2); }
};

namespace {

rapidjson::SizeType size_of(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
}

bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
}

}  // namespace

JsonStream::JsonStream(Sink sink) : writer_(std::make_unique<Writer>(std::move(sink))) {}
JsonStream::~JsonStream() = default;

void JsonStream::begin_object() {
    writer_->json.StartObject();
}

void JsonStream::end_object() {
    writer_->json.EndObject();
    flush_when_full();
}

void JsonStream::begin_array() {
    writer_->json.StartArray();
}

void JsonStream::end_array() {
    writer_->json.EndArray();
}

void JsonStream::key(std::string_view name) {
    writer_->json.Key(name.data(), size_of(name));
}

void JsonStream::null() {
    writer_->json.Null();
}

void JsonStream::value(bool b) {
    writer_->json.Bool(b);
}

void JsonStream::value(std::int64_t number) {
    writer_->json.Int64(number);
}

void JsonStream::value(std::uint64_t number) {
    writer_->json.Uint64(number);
}

void JsonStream::value(double number) {
    writer_->json.Double(number);
}

void JsonStream::value(std::string_view text) {
    if (is_ascii(text)) {
        writer_->json.String(text.data(), size_of(text));
        return;
    }
    const std::string mended = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    writer_->json.RawValue(mended.data(), mended.size(), rapidjson::kStringType);
}

void JsonStream::value(const Json& whole) {
    switch (whole.type()) {
        case Json::value_t::object:
            begin_object();
            for (const auto& [name, part] : whole.items()) member(name, part);
            end_object();
            break;
        case Json::value_t::array:
            begin_array();
            for (const Json& part : whole) value(part);
            end_array();
            break;
        case Json::value_t::string:
            value(std::string_view(whole.get_ref<const std::string&>()));
            break;
        case Json::value_t::boolean:
            value(whole.get<bool>());
            break;
        case Json::value_t::number_integer:
            value(whole.get<std::int64_t>());
            break;
        case Json::value_t::number_unsigned:
            value(whole.get<std::uint64_t>());
            break;
        case Json::value_t::number_float:
            value(whole.get<double>());
            break;
        case Json::value_t::null:
        case Json::value_t::binary:
        case Json::value_t::discarded:
            null();
            break;
    }
}

void JsonStream::raw(std::string_view json) {
    writer_->json.start_value();
    flush();
    writer_->sink(json);
}

std::string JsonStream::list_part(const std::function<void(JsonStream&)>& write) {
    std::string text;
    JsonStream part([&](std::string_view piece) { text.append(piece); });
    part.begin_object();
    part.key("");
    part.begin_array();
    part.flush();
    text.clear();
    write(part);
    part.flush();
    return text.substr(std::min(text.size(), std::string_view("\n    ").size()));
}

void JsonStream::flush() {
    writer_->sink({writer_->out.GetString(), writer_->out.GetSize()});
    writer_->out.Clear();
}

void JsonStream::flush_when_full() {
    if (writer_->out.GetSize() >= full_bytes) flush();
}

}  // namespace stallsight
