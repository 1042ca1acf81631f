// Reads a kernel log once and returns everything in it that the analysis works with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"
#include "parsers/rcutorture/sample.h"
#include "parsers/records/line_index.h"
#include "parsers/reports/event.h"

namespace stallsight {

class RewrittenLog;

// A remark that a person wrote behind a kernel line.
struct Remark {
    std::uint64_t line = 0;
    std::string text;
};

// A line that says something about the kernel that printed the log.
struct Fact {
    enum class Kind { banner, command_line, kernel_offset, vermagic, hz, panic, stall_ended, other };
    Kind kind = Kind::other;
    std::uint64_t line = 0;
    std::optional<Time> time;
    int boot = 0;
    std::string
        text;  // banner: "5.4.72 ..."; command_line: the line; vermagic: the kernel's own; hz: "enlistment=25" ...
};

// What the kernel's clock showed at the first and the last line of a boot.
struct BootSpan {
    std::optional<Time> first, last;
};

// A line's two clocks.
struct ClockPair {
    Time time;
    WallClock wall;
};

struct LogScan {
    std::vector<Event> events;  // in log order
    std::vector<TortureSample> torture;
    std::vector<Fact> facts;
    std::vector<Remark> remarks;
    LineIndex index;                            // line number <-> byte offset
    std::optional<Time> first_time, last_time;  // of the last boot
    std::vector<BootSpan> earlier_boots;
    std::vector<ClockPair> clock_pairs;      // of a few lines here and there that show both
    std::uint64_t kernel_lines_sampled = 0;  // of `lines_sampled`, those that look like kernel log lines
    std::uint64_t lines_sampled = 0;
    int boots = 1;
    // The log holds more lines of rcutorture than are kept; those in `torture` are evenly spread.
    bool torture_thinned = false;
    // printk shows no time (printk.time=0), but syslog or a terminal program does: all times here count from the
    // first such stamp of their boot.
    bool timed_by_wall = false;
    // The rest of a report that the log begins inside of, where nothing in it tells the report's kind: its first
    // half may be in an older file.
    std::optional<Event> leading_rest;
};

// A log in any form (parsers/records/decode.h). `text` must outlive nothing: all that is kept is copied. Never
// fails on content, only where a log has to be written anew and no temporary file can be; returns early, with what
// was found so far, when `progress.cancelled`.
Result<LogScan> read_log(std::string_view text, const Progress& progress = {});

// The same for lines that are one record each.
LogScan scan_log(std::string_view text, const Progress& progress = {});

// The same for a log that lies in `text` in another form, or between other things: all lines and offsets in what
// is found are those of `text`.
LogScan scan_log(const RewrittenLog& log, std::string_view text, const Progress& progress = {});

}  // namespace stallsight
