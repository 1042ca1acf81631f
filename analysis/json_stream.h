// Writes JSON piece by piece, indented by two blanks: a log with thousands of reports needs no tree of all its
// values in memory at once. Small parts are handed over as whole values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

class JsonStream {
public:
    using Sink = std::function<void(std::string_view)>;

    // What is written goes to the sink in pieces.
    explicit JsonStream(Sink sink);
    JsonStream(const JsonStream&) = delete;
    JsonStream& operator=(const JsonStream&) = delete;
    ~JsonStream();

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    void key(std::string_view name);

    void null();
    void value(bool b);
    void value(int number) { value(std::int64_t{number}); }
    void value(std::uint32_t number) { value(std::uint64_t{number}); }
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(double number);
    // Logs hold any bytes; what is not UTF-8 is written as U+FFFD and never stops the output.
    void value(std::string_view text);
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(const char* text) { value(std::string_view(text)); }
    void value(const nlohmann::ordered_json& whole);

    // Values of an array, written by a list_part() for this place.
    void raw(std::string_view json);

    template <class T>
    void value(const std::optional<T>& maybe) {
        if (maybe) {
            value(*maybe);
        } else {
            null();
        }
    }

    template <class T>
    void value(const std::vector<T>& list) {
        begin_array();
        for (const T& item : list) value(item);
        end_array();
    }

    template <class T>
    void member(std::string_view name, const T& its_value) {
        key(name);
        value(its_value);
    }

    // What is written in `write` as values of an array that is a member of the outermost object.
    static std::string list_part(const std::function<void(JsonStream&)>& write);

    // Everything that was written is in the sink.
    void flush();

private:
    void flush_when_full();

    struct Writer;
    std::unique_ptr<Writer> writer_;
};

}  // namespace stallsight
