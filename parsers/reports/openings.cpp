#include "parsers/reports/openings.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "parsers/text.h"

namespace stallsight {

namespace {

// WARN() and BUG() print a few lines between the scissors and the header.
constexpr int cut_distance = 5;

bool other_caller(const Record& a, const Record& b) {
    const bool tagged = (a.caller_cpu || a.caller_tid) && (b.caller_cpu || b.caller_tid);
    return tagged && (a.caller_cpu != b.caller_cpu || a.caller_tid != b.caller_tid);
}

// A literal's place in a line's first half, where the literal's beginning stands at its end.
struct Halves {
    std::size_t begin = 0, end = 0;
};

// A few letters of a literal are no evidence.
constexpr std::size_t shortest_half = 3;

std::optional<Halves> find_halves(const TornLine& torn, std::string_view literal) {
    for (std::size_t k = shortest_half; k + shortest_half <= literal.size(); ++k) {
        if (!begins(torn.second, literal.substr(k))) continue;
        const std::size_t begin = torn.first.rfind(literal.substr(0, k));
        if (begin != std::string_view::npos && begin + k >= torn.least) return Halves{begin, begin + k};
    }
    return std::nullopt;
}

}  // namespace

std::string Openings::lines_behind_cut(const LineView& line, const Record& record, std::uint64_t& start) const {
    std::vector<std::string_view> between;
    std::uint64_t at = line.offset;
    for (int i = 0; i < cut_distance && at > 0; ++i) {
        const LineView before = line_before(text_, at);
        if (before.cut || before.offset >= at) break;
        at = before.offset;
        const Record r = parse_record(before.text);
        if (other_caller(r, record)) continue;
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

std::optional<Opening> Openings::at(const LineView& line, std::size_t place, const ReportKind& kind) const {
    const std::string_view here = line.text.substr(place);
    if (std::none_of(kind.patterns.begin(), kind.patterns.end(),
                     [&](std::string_view p) { return begins(here, p); })) {
        return std::nullopt;
    }
    Opening found;
    found.kind = &kind;
    found.record = parse_record_at(line.text, place);
    const Record& record = found.record;
    const char* pattern = here.data();
    if (pattern < record.message.data() || pattern >= record.message.data() + record.message.size())
        return std::nullopt;
    const auto lead = static_cast<std::size_t>(pattern - record.message.data());
    found.event.offset = line.offset;
    const std::string cut = lines_behind_cut(line, record, found.event.offset);
    const Header header{record, record.message.substr(0, lead), record.message.substr(lead), cut};
    found.event.kind = kind.kind;
    if (!kind.accept(header, found.event)) return std::nullopt;
    found.event.time = record.time;
    found.event.wall = std::string(record.wall);
    return found;
}

std::optional<Opening> Openings::mended(const LineView& line, const TornLine& torn) const {
    for (const ReportKind& kind : report_kinds()) {
        for (const std::string_view pattern : kind.patterns) {
            const auto halves = find_halves(torn, pattern);
            if (!halves) continue;
            const auto whole =
                std::make_shared<const std::string>(std::string(torn.first, 0, halves->end).append(torn.second));
            LineView mended = line;
            mended.text = *whole;
            auto found = at(mended, halves->begin, kind);
            if (!found) continue;
            found->event.partial = true;
            found->event.partial_reason = mended_reason;
            found->mended = whole;
            found->rest = torn.rest;
            return found;
        }
    }
    return std::nullopt;
}

std::optional<Opening> Openings::torn(const LineView& line) const {
    for (const TornLine& torn : torn_by_prompt(line))
        if (auto found = mended(line, torn)) return found;
    const auto torn = torn_over_lines(text_, line);
    return torn ? mended(line, *torn) : std::nullopt;
}

std::optional<Opening> Openings::in(const LineView& line) const {
    const auto first = std::lower_bound(places_.begin(), places_.end(), line.offset);
    const auto last = std::lower_bound(first, places_.end(), line.offset + line.text.size());
    if (first == last) return std::nullopt;
    // First, since any line with "BUG: " is a report of some kind.
    if (auto found = torn(line)) return found;
    for (const ReportKind& kind : report_kinds()) {
        for (auto place = first; place != last; ++place) {
            if (auto found = at(line, *place - line.offset, kind)) return found;
        }
    }
    return std::nullopt;
}

}  // namespace stallsight
