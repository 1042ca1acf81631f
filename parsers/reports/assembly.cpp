#include "parsers/reports/assembly.h"

#include <algorithm>
#include <memory>
#include <span>
#include <unordered_set>

#include "base/parallel.h"
#include "parsers/records/stamp.h"
#include "parsers/reports/copies.h"
#include "parsers/reports/openings.h"
#include "parsers/reports/strand.h"
#include "parsers/reports/torn_lines.h"
#include "parsers/reports/user_text.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

using Places = std::span<const std::uint64_t>;

// Bounds of one report; a log that exceeds them is hostile or damaged.
constexpr std::uint64_t most_lines = 20'000;
constexpr std::size_t most_strands = 8;

// A CPU that faults says so once: the same words with another address are another CPU's.
bool both_announce(const Event& event, const Event& next) {
    constexpr std::string_view words = "Unable to handle kernel ";
    return event.headline.starts_with(words) && next.headline.starts_with(words) && event.headline != next.headline;
}

// mm/slub.c, object_err() and __slab_err(), since 6.13 and in the stable kernels of then: the stack of a slab
// report is that of a WARN_ON(1) behind it.
bool is_slab_report(const Event& event) {
    return event.kind == EventKind::bug && event.headline.starts_with("BUG ");
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
        if (both_announce(event, next)) return false;
        const bool announced = event.kind == EventKind::oops || event.kind == EventKind::bug ||
                               event.fields.value("subtype", "") == "machine_check";
        return announced && !has_stack;
    }
    if (next.kind == EventKind::warning && next.fields.value("file", "") == "mm/slub.c")
        return is_slab_report(event) && !has_stack;
    if (next.kind == EventKind::hard_lockup && event.kind == EventKind::warning)  // the text of its WARN()
        return !has_stack && contains(event.fields.value("file", ""), "kernel/watchdog.c");
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

// The reports whose headers lie in one part of the log.
struct Part {
    Places places;
    DistinctReports reports;
    // The end of what was looked at: a later part that begins before it was not free to decide alone.
    std::uint64_t reach = 0;
};

class PartReader {
public:
    PartReader(std::string_view text, const LineIndex& index, Places all)
        : text_(text), index_(index), openings_(text, all) {}

    Part read(Places places, const Progress& progress);

private:
    using Strands = std::vector<std::unique_ptr<Strand>>;

    void read_reports(Opening opening, const LineView& line);
    void read_line(Strands& strands, const LineView& line, std::uint64_t number);
    // True when the line opens a report, or part of one, and needs no further look.
    bool read_opening(Strands& strands, const LineView& line, std::uint64_t number);
    void open(Strands& strands, Opening opening, const LineView& line);
    // Gives a record that another one may have torn, with its rest where the line behind is that.
    void give_torn(Strands& strands, const Record& beginning, const LineView& line, std::uint64_t number);
    // Gives a record to the report whose it is; returns that.
    static Strand* give(Strands& strands, const Record& record, std::uint64_t number, std::uint64_t next);
    // Gives a line without the user-space text in it.
    void give_mended(Strands& strands, const LineView& line, std::uint64_t number);

    std::string_view text_;
    const LineIndex& index_;
    Openings openings_;
    Part part_;
    std::unordered_set<std::uint64_t> absorbed_;  // offsets of header lines that were read inside another report
    std::uint64_t rest_ = 0;                      // offset of the line that was read as the rest of a torn one
};

Part PartReader::read(Places places, const Progress& progress) {
    part_.places = places;
    std::uint64_t done = 0;  // everything before this offset has been looked at
    for (const std::uint64_t place : places) {
        if (progress.cancelled) break;
        if (place < done) continue;
        const LineView line = line_around(text_, place);
        done = std::max(line.next, place + 1);
        if (absorbed_.contains(line.offset)) continue;
        auto opening = openings_.in(line);
        if (!opening || opening->kind->notice) continue;
        if (opening->mended) rest_ = opening->rest;
        opening->event.line = index_.line_at(text_, opening->event.offset);
        if (opening->kind->single_line) {
            opening->event.line_last = opening->event.line;
            opening->event.offset_last = line.next;
            part_.reports.add(std::move(opening->event));
        } else {
            read_reports(std::move(*opening), line);
        }
    }
    return std::move(part_);
}

bool any_open(const std::vector<std::unique_ptr<Strand>>& strands) {
    return std::any_of(strands.begin(), strands.end(), [](const auto& s) { return s->open(); });
}

void PartReader::open(Strands& strands, Opening opening, const LineView& line) {
    const std::uint64_t number = index_.line_at(text_, line.next == 0 ? 0 : line.next - 1);
    strands.push_back(std::make_unique<Strand>(std::move(opening), number, line.next));
}

void PartReader::read_reports(Opening opening, const LineView& header) {
    Strands strands;
    open(strands, std::move(opening), header);
    std::uint64_t number = strands.front()->event().line_last;
    std::uint64_t next = header.next;
    for (std::uint64_t lines = 0; next < text_.size() && lines < most_lines && any_open(strands); ++lines) {
        const LineView line = line_from(text_, next);
        if (line.cut) break;
        next = line.next;
        read_line(strands, line, ++number);
    }
    part_.reach = std::max(part_.reach, next);
    for (const auto& strand : strands) {
        if (next >= text_.size()) strand->log_ended();
        part_.reports.add(strand->finish());
    }
}

bool PartReader::read_opening(Strands& strands, const LineView& line, std::uint64_t number) {
    auto other = openings_.in(line);
    if (!other) return false;
    if (other->kind->single_line) return true;
    for (auto strand = strands.rbegin(); strand != strands.rend(); ++strand) {
        if (!(*strand)->open() || !continues((*strand)->event(), other->event, (*strand)->has_stack())) continue;
        absorbed_.insert(line.offset);
        return false;
    }
    for (const auto& strand : strands)
        if (other->kind->notice || !strand->may_go_on(*other, number)) strand->close();
    if (!any_open(strands) || strands.size() >= most_strands) {
        for (const auto& strand : strands) strand->close();
        return true;
    }
    // What stands in front of the header in its line is another report's half line.
    const auto lead = static_cast<std::size_t>(other->record.message.data() - line.text.data());
    const std::size_t stamp = find_kernel_stamp(line.text);
    if (const std::size_t inner = find_kernel_stamp(line.text, stamp + 1); stamp < inner && inner < lead)
        give_torn(strands, parse_record(line.text.substr(0, inner)), line, number);
    absorbed_.insert(line.offset);
    if (other->mended) rest_ = other->rest;
    other->event.line = index_.line_at(text_, other->event.offset);
    open(strands, std::move(*other), line);
    return true;
}

void PartReader::read_line(Strands& strands, const LineView& line, std::uint64_t number) {
    if (rest_ != 0 && line.offset == rest_) return;
    const Record first = parse_record(line.text);
    for (const auto& strand : strands)
        if (strand->open() && strand->too_late(first)) strand->close();
    if (std::none_of(strands.begin(), strands.end(),
                     [&](const auto& s) { return s->open() && s->may_be_of_caller(first); }))
        return;
    for (const auto& strand : strands)
        if (strand->open()) strand->note_loss(line.text);
    // The scissors open another report; Rust's panic hands over to BUG(), a slab report to WARN_ON().
    if (contains(first.message, "[ cut here ]")) {
        const auto hands_over = [](const Event& event) {
            return event.headline.starts_with("rust_kernel:") || is_slab_report(event);
        };
        for (const auto& strand : strands)
            if (!strand->inside_stack() && (strand->has_stack() || !hands_over(strand->event()))) strand->close();
        return;
    }
    if (read_opening(strands, line, number)) return;
    const std::vector<Record> records = records_in(line.text, first);
    if (records.size() > 1) {
        give_torn(strands, records.front(), line, number);
        for (std::size_t i = 1; i < records.size(); ++i) give(strands, records[i], number, line.next);
    } else if (!give(strands, first, number, line.next) && first.time) {
        give_mended(strands, line, number);
    }
}

void PartReader::give_mended(Strands& strands, const LineView& line, std::uint64_t number) {
    const auto torn = torn_over_lines(text_, line);
    if (!torn) return;
    Record whole = parse_record(torn->first);
    const auto joined = join_torn(whole, parse_record(torn->second));
    if (!joined) return;
    whole.text = whole.message = *joined;
    if (Strand* strand = give(strands, whole, number, torn->next)) strand->mended();
    rest_ = torn->rest;
}

void PartReader::give_torn(Strands& strands, const Record& beginning, const LineView& line, std::uint64_t number) {
    const LineView behind = line_from(text_, line.next);
    const auto joined = join_torn(beginning, parse_record(behind.text));
    Record whole = beginning;
    if (joined) whole.text = whole.message = *joined;
    give(strands, whole, number, joined ? behind.next : line.next);
    if (joined) rest_ = behind.offset;
}

Strand* PartReader::give(Strands& strands, const Record& record, std::uint64_t number, std::uint64_t next) {
    if (strands.size() == 1) {
        return strands.front()->take(record, number, next) ? strands.front().get() : nullptr;
    }
    using Fit = Strand::Fit;
    std::vector<std::pair<Fit, Strand*>>
        fits;  // best first; of equals the one that opened last, or whose turn it is
    for (auto strand = strands.rbegin(); strand != strands.rend(); ++strand) {
        if (!(*strand)->open()) continue;
        if (const Fit fit = (*strand)->fit(record, number); fit != Fit::none) fits.emplace_back(fit, strand->get());
    }
    std::stable_sort(fits.begin(), fits.end(), [](const auto& a, const auto& b) {
        const bool older = a.first == Fit::turn && a.second->event().line < b.second->event().line;
        return a.first != b.first ? a.first > b.first : older;
    });
    for (const auto& [fit, strand] : fits) {
        const bool entry = strand->inside_stack();
        if (!strand->take(record, number, next)) continue;
        if (fit == Fit::proved) strand->goes_on_beside();
        if (fit == Fit::proved || !entry || !strand->inside_stack()) return strand;
        for (const auto& [other_fit, other] : fits) {
            if (other == strand || !other->inside_stack()) continue;
            strand->mixed_with(other->event().line);
            other->mixed_with(strand->event().line);
        }
        return strand;
    }
    return nullptr;
}

// Parts of about equal size, cut where there is room between two places.
std::vector<Places> divide(Places places) {
    constexpr std::size_t small = 512;
    constexpr std::uint64_t room = std::uint64_t{16} * 1024;
    const std::size_t parts = places.size() < small ? 1 : worker_count();
    std::vector<Places> out;
    std::size_t start = 0;
    for (std::size_t k = 1; k <= parts; ++k) {
        std::size_t end = std::max(start, places.size() * k / parts);
        while (end > 0 && end < places.size() && places[end] - places[end - 1] < room) ++end;
        if (end > start) out.push_back(places.subspan(start, end - start));
        start = end;
    }
    return out;
}

}  // namespace

std::vector<Event> assemble_reports(std::string_view text, const LineIndex& index,
                                    const std::vector<std::uint64_t>& places, const Progress& progress) {
    const std::vector<Places> divided = divide(places);
    std::vector<Part> parts(divided.size());
    const auto read = [&](Places part) { return PartReader(text, index, places).read(part, progress); };
    parallel_for(parts.size(), [&](std::size_t i) { parts[i] = read(divided[i]); });
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i - 1].reach <= parts[i].places.front()) continue;
        // A report of the part before ran into this one: both are read again as one.
        const Places before = parts[i - 1].places;
        parts[i] = read(Places(before.data(), before.size() + parts[i].places.size()));
        parts[i - 1] = {};
    }
    DistinctReports reports;
    for (Part& part : parts)
        for (Event& event : part.reports.take()) reports.add(std::move(event));
    std::vector<Event> events = reports.take();
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.offset < b.offset; });
    return events;
}

}  // namespace stallsight
