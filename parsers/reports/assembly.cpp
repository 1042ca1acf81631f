#include "parsers/reports/assembly.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "parsers/reports/body.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// Bounds of one report; a log that exceeds them is hostile or damaged.
constexpr std::uint64_t most_lines = 20'000;
constexpr std::uint64_t most_foreign = 4'000;
// After so many lines that are nobody's the report is over. While its stack is still to come, other CPUs may print
// a lot in between, but not for long.
constexpr int most_unrelated = 24;
constexpr int most_unrelated_before_stack = 200;
constexpr Time longest_wait = std::chrono::seconds(2);
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
    // panic_on_warn and its kin stop the machine before the report's own stack is printed: the panic's is the
    // report's.
    if (next.kind == EventKind::panic)
        return !has_stack && event.kind != EventKind::hung_task && event.kind != EventKind::rcu_stall;
    if (next.kind == EventKind::bug && event.headline.starts_with("rust_kernel:")) return !has_stack;
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

std::optional<Assembly::Found> Assembly::header_at(const LineView& line, std::uint64_t place,
                                                   const ReportKind& kind) const {
    const std::string_view here = text_.substr(place, line.offset + line.text.size() - place);
    if (std::none_of(kind.patterns.begin(), kind.patterns.end(),
                     [&](std::string_view p) { return here.starts_with(p); })) {
        return std::nullopt;
    }
    Found found;
    found.kind = &kind;
    found.record = parse_record_at(line.text, place - line.offset);
    const Record& record = found.record;
    const char* at = text_.data() + place;
    if (at < record.message.data() || at >= record.message.data() + record.message.size()) return std::nullopt;
    const auto lead = static_cast<std::size_t>(at - record.message.data());
    found.event.offset = line.offset;
    const std::string cut = lines_behind_cut(line, record, found.event.offset);
    const Header header{record, record.message.substr(0, lead), record.message.substr(lead), cut};
    found.event.kind = kind.kind;
    if (!kind.accept(header, found.event)) return std::nullopt;
    found.event.time = record.time;
    found.event.wall = std::string(record.wall);
    return found;
}

// The table's order decides, not the order in the line: "[ BUG: held lock freed! ]" is lockdep's.
std::optional<Assembly::Found> Assembly::header_in(const LineView& line) const {
    const auto first = std::lower_bound(places_.begin(), places_.end(), line.offset);
    const auto last = std::lower_bound(first, places_.end(), line.offset + line.text.size());
    for (const ReportKind& kind : report_kinds()) {
        for (auto place = first; place != last; ++place) {
            if (auto found = header_at(line, *place, kind)) return found;
        }
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
        // Rust's panic hands over to BUG().
        if (contains(message, "[ cut here ]") && (body.has_stack() || !event.headline.starts_with("rust_kernel:")))
            break;
        if (has_place(line)) {
            if (const auto other = header_in(line)) {
                if (other->kind->single_line) continue;
                if (!continues(event, other->event, body.has_stack())) break;
                absorbed_.insert(line.offset);
            }
        }
        if (body.take(record.message, number)) {
            unrelated = 0;
            note_jiffies_time(record, event);
            event.line_last = number;
            event.offset_last = line.next;
            if (record.time) last = record.time;
        } else {
            const bool waiting =
                !body.has_stack() && (!last || !record.time || *record.time - *last < longest_wait);
            if (++unrelated > (waiting ? most_unrelated_before_stack : most_unrelated)) break;
        }
        if (body.ended()) break;
    }
    body.finish();
    if (!event.cpu && found.record.caller_cpu) event.cpu = found.record.caller_cpu;
    if (!event.task.pid && found.record.caller_tid) event.task.pid = found.record.caller_tid;
}

// A stall report takes a while to print; t= counts up to the moment of its own line.
void Assembly::note_jiffies_time(const Record& record, Event& event) {
    if (event.kind == EventKind::rcu_stall && record.time && event.fields.contains("jiffies") &&
        !event.fields.contains("jiffies_time_s"))
        event.fields["jiffies_time_s"] = seconds(*record.time);
}

namespace {

// The same report may be in one file twice: a console and a syslog copy, or a list of alerts made of the log.
bool is_copy(const Event& event, const Event& earlier) {
    if (event.kind != earlier.kind || event.headline != earlier.headline) return false;
    if (!event.time) return event.frames.empty() && earlier.time.has_value();
    const bool early_boot = *event.time < std::chrono::seconds(1);
    return event.time == earlier.time && !early_boot && event.frames.size() == earlier.frames.size();
}

// Folds copies into the first of them, which keeps their lines in fields["copies"].
void fold_copies(std::vector<Event>& events) {
    std::unordered_map<std::string, std::vector<std::size_t>> seen;
    std::vector<Event> kept;
    for (Event& event : events) {
        std::vector<std::size_t>& same = seen[event.headline];
        const auto original =
            std::find_if(same.begin(), same.end(), [&](std::size_t i) { return is_copy(event, kept[i]); });
        if (original != same.end()) {
            kept[*original].fields["copies"].push_back(event.line);
            continue;
        }
        if (same.size() < 64) same.push_back(kept.size());
        kept.push_back(std::move(event));
    }
    events = std::move(kept);
}

}  // namespace

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
        if (found->kind->single_line) {
            found->event.line_last = found->event.line;
            found->event.offset_last = line.next;
        } else {
            read_body(*found, line.next);
        }
        events.push_back(std::move(found->event));
    }
    fold_copies(events);
    return events;
}

}  // namespace stallsight
