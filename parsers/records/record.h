// One log line, taken apart: clock, level, CPU and message. Views point into the artifact's bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stallsight {

using Time = std::chrono::microseconds;  // of the kernel's own clock: uptime of that boot

constexpr double seconds(Time t) {
    return static_cast<double>(t.count()) / 1e6;
}

struct Record {
    std::uint64_t line = 0;         // counts from 1
    std::uint64_t offset = 0;       // of `text` in the artifact
    std::string_view text;          // the whole line without its line end
    std::string_view message;       // what the kernel printed, leading blanks kept, remark cut off
    std::string_view remark;        // a trailing "// remark" that a person added, without the slashes
    std::optional<Time> time;       // [15441.599359]
    std::string_view wall;          // the wall-clock stamp as printed, or empty
    std::string_view host;          // syslog's host name, or empty
    std::optional<int> level;       // 0 emerg .. 7 debug
    std::optional<int> caller_cpu;  // PRINTK_CALLER [C3]
    std::optional<int> caller_tid;  // PRINTK_CALLER [T123]
};

// `text` is one line without its line end. Never fails: what is not recognised stays in `message`.
Record parse_record(std::string_view text);
// The same for the record that covers the byte at `offset` of the line: when a console wrote one record into the
// middle of another one, the message starts behind the last stamp before that byte.
Record parse_record_at(std::string_view text, std::size_t offset);

}  // namespace stallsight
