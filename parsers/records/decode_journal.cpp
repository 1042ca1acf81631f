// The journal's own forms, and dmesg --json.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "parsers/records/decode.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

using Json = nlohmann::json;

// What of a journal entry matters for a kernel line.
struct Entry {
    std::string message, priority, monotonic, own_monotonic, transport, host, identifier;
    LineOrigin origin;
    [[nodiscard]] bool empty() const { return message.empty() && transport.empty(); }
};

void set_field(Entry& entry, std::string_view name, std::string value) {
    if (name == "MESSAGE")
        entry.message = std::move(value);
    else if (name == "PRIORITY")
        entry.priority = std::move(value);
    else if (name == "__MONOTONIC_TIMESTAMP")
        entry.monotonic = std::move(value);
    else if (name == "_SOURCE_MONOTONIC_TIMESTAMP")
        entry.own_monotonic = std::move(value);
    else if (name == "_TRANSPORT")
        entry.transport = std::move(value);
    else if (name == "_HOSTNAME")
        entry.host = std::move(value);
    else if (name == "SYSLOG_IDENTIFIER")
        entry.identifier = std::move(value);
}

std::string stamp(std::string_view microseconds) {
    const auto value = eat_number(microseconds);
    if (!value) return {};
    char out[48];
    std::snprintf(out, sizeof out, "[%5llu.%06llu] ", static_cast<unsigned long long>(*value / 1'000'000),
                  static_cast<unsigned long long>(*value % 1'000'000));
    return out;
}

void write(RewrittenLog& log, const Entry& entry) {
    if (entry.empty()) return;
    const bool kernel = entry.transport == "kernel" || (entry.transport.empty() && entry.identifier == "kernel");
    std::string prefix;
    if (kernel) {
        if (entry.priority.size() == 1) prefix = "<" + entry.priority + ">";
        // The kernel's own stamp; the journal's says only when it was received.
        prefix += stamp(entry.own_monotonic.empty() ? entry.monotonic : entry.own_monotonic);
    } else {
        prefix = entry.host + " " + entry.identifier + ": ";
    }
    std::string_view rest = entry.message;
    do {  // every line of a message is a kernel line of its own
        const std::size_t end = rest.find('\n');
        log.add(prefix + std::string(rest.substr(0, end)), entry.origin);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    } while (!rest.empty());
}

// A field's value is a string, a number, or for bytes that are no UTF-8 an array of numbers.
std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    std::string bytes;
    if (value.is_array()) {
        for (const Json& byte : value) {
            if (byte.is_number_unsigned() && byte.get<std::uint64_t>() < 256)
                bytes += static_cast<char>(byte.get<int>());
        }
    }
    return bytes;
}

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 8; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
    return value;
}

// Walks over the lines of an export or a verbose listing; binary fields are taken by their length.
class FieldReader {
public:
    explicit FieldReader(std::string_view text) : text_(text) {}

    RewrittenLog run(bool verbose) {
        verbose_ = verbose;
        while (at_ < text_.size()) {
            const LineOrigin origin{line_, at_};
            take(next_line(), origin);
        }
        write(log_, entry_);
        return std::move(log_);
    }

private:
    std::string_view next_line() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = end + 1;
        ++line_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    void start(LineOrigin origin) {
        write(log_, entry_);
        entry_ = Entry{};
        entry_.origin = origin;
    }

    void take(std::string_view line, LineOrigin origin) {
        if (!verbose_ && line.empty()) return start({origin.line + 1, at_});
        if (verbose_ && !line.empty() && !is_blank(line[0])) return start(origin);
        const std::string_view field = trim_left(line);
        const std::size_t equals = field.find('=');
        if (equals != std::string_view::npos) {
            if (field.starts_with("MESSAGE=")) entry_.origin = origin;
            set_field(entry_, field.substr(0, equals), std::string(field.substr(equals + 1)));
        } else if (!verbose_) {
            take_binary(field, origin);
        }
    }

    // "MESSAGE\n<8 bytes: length><bytes>\n"
    void take_binary(std::string_view name, LineOrigin origin) {
        if (text_.size() < 8 || at_ > text_.size() - 8) return;
        const std::uint64_t size = little_endian(text_.substr(at_, 8));
        if (size > text_.size() - at_ - 8) return;
        const std::string_view value = text_.substr(at_ + 8, size);
        if (name == "MESSAGE") entry_.origin = origin;
        set_field(entry_, name, std::string(value));
        line_ += static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                       text_.begin() + static_cast<std::ptrdiff_t>(at_ + 8 + size),
                                                       '\n'));
        at_ += 8 + size;
        if (at_ < text_.size() && text_[at_] == '\n') {
            ++at_;
            ++line_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    bool verbose_ = false;
    Entry entry_;
    RewrittenLog log_;
};

}  // namespace

std::optional<RewrittenLog> decode_journal_json(std::string_view text) {
    const std::string_view first = text.substr(0, text.find('\n'));
    if (!first.starts_with('{') || !contains(first.substr(0, 65536), "\"__")) return std::nullopt;
    RewrittenLog log;
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        Entry entry;
        entry.origin = {++number, at};
        const Json json = Json::parse(text.substr(at, end - at), nullptr, false);
        if (json.is_object()) {
            for (const auto& [name, value] : json.items()) set_field(entry, name, text_of(value));
            write(log, entry);
        }
        at = end + 1;
    }
    return log;
}

std::optional<RewrittenLog> decode_journal_fields(std::string_view text) {
    const std::string_view first = text.substr(0, text.find('\n'));
    const bool exported = first.starts_with("__CURSOR=");
    const bool verbose =
        first.size() < 400 && contains(first, " [s=") && contains(first, ";i=") && contains(first, ";b=");
    if (!exported && !verbose) return std::nullopt;
    return FieldReader(text).run(verbose);
}

// { "dmesg": [ { "pri": 6, "time": 0.000000, "msg": "Linux version" }, ... ] }: one entry's fields may stand on
// one line or on several; what matters stands in front of or behind its "msg" alike.
std::optional<RewrittenLog> decode_dmesg_json(std::string_view text) {
    const std::string_view head = text.substr(0, 64);
    if (!trim_left(head).starts_with('{') || !contains(head, "\"dmesg\"")) return std::nullopt;
    RewrittenLog log;
    std::uint64_t number = 0;
    std::size_t counted = 0;
    // Entries are objects without inner objects: from brace to brace.
    for (std::size_t at = text.find('{', text.find("\"dmesg\"")); at != std::string_view::npos;
         at = text.find('{', at)) {
        std::size_t end = at;
        bool quoted = false;
        for (; end < text.size() && (quoted || text[end] != '}'); ++end) {
            if (text[end] == '\\')
                ++end;
            else if (text[end] == '"')
                quoted = !quoted;
        }
        const Json json = Json::parse(text.substr(at, std::min(end + 1, text.size()) - at), nullptr, false);
        if (json.is_object() && json.contains("msg")) {
            const std::size_t message = text.find("\"msg\"", at);
            number +=
                static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                      text.begin() + static_cast<std::ptrdiff_t>(message), '\n'));
            counted = message;
            std::string prefix;
            if (const auto pri = json.find("pri"); pri != json.end() && pri->is_number_integer()) {
                prefix = "<" + std::to_string(pri->get<std::int64_t>() & 7) + ">";
            }
            if (const auto time = json.find("time"); time != json.end() && time->is_number()) {
                const double us = time->get<double>() * 1e6 + 0.5;
                if (us >= 0 && us < 1e17) prefix += stamp(std::to_string(static_cast<std::uint64_t>(us)));
            }
            if (const auto caller = json.find("caller"); caller != json.end() && caller->is_string()) {
                prefix.insert(prefix.size() - (prefix.ends_with(' ') ? 1 : 0),
                              "[" + caller->get<std::string>() + "]");
            }
            log.add(prefix + text_of(json["msg"]), {number + 1, at});
        }
        at = std::min(end + 1, text.size());
    }
    return log;
}

}  // namespace stallsight
