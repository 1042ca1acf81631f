#include "parsers/reports/assembly.h"

#include <algorithm>

#include "parsers/reports/body.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// Bounds of one report; a log that exceeds them is hostile or damaged.
constexpr std::uint64_t most_lines = 20'000;
constexpr std::uint64_t most_foreign = 4'000;
// After so many lines that are nobody's the report is over.
constexpr int most_unrelated = 16;
constexpr Time longest_gap = std::chrono::seconds(30);
// WARN() and BUG() print a few lines between the scissors and the header.
constexpr int cut_distance = 5;

// printk's caller tags tell interleaved reports apart.
bool has_caller(const Record& r) {
    return r.caller_cpu || r.caller_tid;
}

bool same_caller(const Record& a, const Record& b) {
    return a.caller_cpu == b.caller_cpu && a.caller_tid == b.caller_tid;
}

bool is_stall(EventKind kind) {
    return kind == EventKind::rcu_stall || kind == EventKind::soft_lockup || kind == EventKind::hard_lockup ||
           kind == EventKind::hung_task || kind == EventKind::panic;
}

// Whether a header inside a report is only its continuation: the oops behind "BUG: unable to handle", the trap
// behind "kernel BUG at", the parts of a slab report.
bool continues(const Event& event, const Event& next, bool has_stack) {
    if (next.kind == EventKind::oops) {
        return (event.kind == EventKind::oops || event.kind == EventKind::bug) && !has_stack;
    }
    if (next.headline.starts_with("INFO: Freed in") || next.headline.starts_with("INFO: Allocated in")) {
        return event.kind == EventKind::bug || event.kind == EventKind::kasan || event.kind == EventKind::other;
    }
    if (next.kind == EventKind::memory_leak) {
        return event.kind == EventKind::memory_leak && !event.fields.contains("age") &&
               next.headline.starts_with("unreferenced object");
    }
    return next.fields.value("subtype", "") == "machine_check" &&
           event.fields.value("subtype", "") == "machine_check";
}

}  // namespace

bool Assembly::has_place(const LineView& line) const {
    const auto found = std::lower_bound(places_.begin(), places_.end(), line.offset);
    return found != places_.end() && *found < line.offset + line.text.size();
}

std::string Assembly::lines_behind_cut(const LineView& line, const Record& record, std::uint64_t& start) const {
    std::vector<std::string_view> between;
    std::uint64_t at = line.offset;
    for (int i = 0; i < cut_distance && at > 0; ++i) {
        const LineView before = line_before(text_, at);
        if (before.cut || before.offset >= at) break;
        at = before.offset;
        const Record r = parse_record(before.text);
        if (has_caller(r) && has_caller(record) && !same_caller(r, record)) continue;
        if (contains(r.message, "[ cut here ]")) {
            std::string joined;
            for (auto it = between.rbegin(); it != between.rend(); ++it) {
                if (!joined.empty()) joined += '\n';
                joined += *it;
            }
            start = at;
            return joined;
        }
        between.push_back(trim(r.message));
    }
    return {};
}

std::optional<Assembly::Found> Assembly::header_at(const LineView& line, std::uint64_t place) const {
    Found found;
    found.record = parse_record_at(line.text, place - line.offset);
    const Record& record = found.record;
    const char* at = text_.data() + place;
    if (at < record.message.data() || at >= record.message.data() + record.message.size()) return std::nullopt;
    const auto lead = static_cast<std::size_t>(at - record.message.data());
    std::uint64_t start = line.offset;
    const std::string cut = lines_behind_cut(line, record, start);
    const Header header{record, record.message.substr(0, lead), record.message.substr(lead), cut};
    for (const ReportKind& kind : report_kinds()) {
        const bool match = std::any_of(kind.patterns.begin(), kind.patterns.end(),
                                       [&](std::string_view p) { return header.text.starts_with(p); });
        if (!match) continue;
        found.event = Event{};
        found.event.kind = kind.kind;
        if (!kind.accept(header, found.event)) continue;
        found.kind = &kind;
        found.event.offset = start;
        found.event.time = record.time;
        found.event.wall = std::string(record.wall);
        return found;
    }
    return std::nullopt;
}

std::optional<Assembly::Found> Assembly::header_in(const LineView& line) const {
    auto place = std::lower_bound(places_.begin(), places_.end(), line.offset);
    for (; place != places_.end() && *place < line.offset + line.text.size(); ++place) {
        if (auto found = header_at(line, *place)) return found;
    }
    return std::nullopt;
}

void Assembly::read_body(Found& found, std::uint64_t next) {
    Event& event = found.event;
    Body body(*found.kind, event);
    std::vector<Record> callers = {found.record};
    std::uint64_t number = index_.line_at(text_, next == 0 ? 0 : next - 1);
    event.line_last = number;
    event.offset_last = next;
    std::optional<Time> last = event.time;
    std::uint64_t foreign = 0;
    int unrelated = 0;
    for (std::uint64_t lines = 0; next < text_.size() && lines < most_lines; ++lines) {
        const LineView line = line_from(text_, next);
        if (line.cut) break;
        next = line.next;
        ++number;
        const Record record = parse_record(line.text);
        if (last && record.time && *record.time - *last > longest_gap) break;
        const std::string_view message = trim(record.message);
        if (has_caller(callers.front()) && has_caller(record) &&
            std::none_of(callers.begin(), callers.end(), [&](const Record& c) { return same_caller(c, record); })) {
            if (!is_stall(event.kind) || !message.starts_with("NMI backtrace for cpu ")) {
                if (++foreign > most_foreign) break;
                continue;
            }
            callers.push_back(record);  // another CPU was asked for its stack
        }
        if (contains(message, "[ cut here ]")) break;
        if (has_place(line)) {
            if (const auto other = header_in(line)) {
                if (!continues(event, other->event, body.has_stack())) break;
                absorbed_.insert(line.offset);
            }
        }
        if (body.take(record.message, number)) {
            unrelated = 0;
            event.line_last = number;
            event.offset_last = line.next;
            if (record.time) last = record.time;
        } else if (++unrelated > most_unrelated) {
            break;
        }
        if (body.ended()) break;
    }
    body.finish();
    if (!event.cpu && found.record.caller_cpu) event.cpu = found.record.caller_cpu;
    if (!event.task.pid && found.record.caller_tid) event.task.pid = found.record.caller_tid;
}

std::vector<Event> Assembly::run(const Progress& progress) {
    std::vector<Event> events;
    std::uint64_t done = 0;  // everything before this offset has been looked at
    for (const std::uint64_t place : places_) {
        if (progress.cancelled) break;
        if (place < done) continue;
        const LineView line = line_around(text_, place);
        done = std::max(line.next, place + 1);
        if (absorbed_.contains(line.offset)) continue;
        auto found = header_in(line);
        if (!found || found->kind->notice) continue;
        found->event.line = index_.line_at(text_, found->event.offset);
        read_body(*found, line.next);
        events.push_back(std::move(found->event));
    }
    return events;
}

}  // namespace stallsight
