#include "parsers/reports/openings.h"

#include <algorithm>
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

std::optional<Opening> Openings::at(const LineView& line, std::uint64_t place, const ReportKind& kind) const {
    const std::string_view here = text_.substr(place, line.offset + line.text.size() - place);
    if (std::none_of(kind.patterns.begin(), kind.patterns.end(),
                     [&](std::string_view p) { return begins(here, p); })) {
        return std::nullopt;
    }
    Opening found;
    found.kind = &kind;
    found.record = parse_record_at(line.text, place - line.offset);
    const Record& record = found.record;
    const char* pattern = text_.data() + place;
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

std::optional<Opening> Openings::in(const LineView& line) const {
    const auto first = std::lower_bound(places_.begin(), places_.end(), line.offset);
    const auto last = std::lower_bound(first, places_.end(), line.offset + line.text.size());
    if (first == last) return std::nullopt;
    for (const ReportKind& kind : report_kinds()) {
        for (auto place = first; place != last; ++place) {
            if (auto found = at(line, *place, kind)) return found;
        }
    }
    return std::nullopt;
}

}  // namespace stallsight
