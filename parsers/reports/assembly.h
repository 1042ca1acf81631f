// From places where a literal was found to reports: decides which place is a header, and which lines are its
// report.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/progress.h"
#include "parsers/records/line_index.h"
#include "parsers/reports/kind.h"
#include "parsers/reports/lines.h"

namespace stallsight {

class Assembly {
public:
    // `places`: offsets of report literals, ascending. `text` and `index` must outlive this.
    Assembly(std::string_view text, const LineIndex& index, std::vector<std::uint64_t> places)
        : text_(text), index_(index), places_(std::move(places)) {}

    // All reports, in log order.
    std::vector<Event> run(const Progress& progress);

private:
    struct Found {
        const ReportKind* kind = nullptr;
        Record record;
        Event event;
    };

    static void note_jiffies_time(const Record& record, Event& event);
    [[nodiscard]] std::optional<Found> header_in(const LineView& line) const;
    [[nodiscard]] std::optional<Found> header_at(const LineView& line, std::uint64_t place,
                                                 const ReportKind& kind) const;
    [[nodiscard]] bool has_place(const LineView& line) const;
    // The lines between "[ cut here ]" and the header; moves the event's start to the former.
    std::string lines_behind_cut(const LineView& line, const Record& record, std::uint64_t& start) const;
    void read_body(Found& found, std::uint64_t next);

    std::string_view text_;
    const LineIndex& index_;
    std::vector<std::uint64_t> places_;
    std::unordered_set<std::uint64_t> absorbed_;  // offsets of header lines that are part of another report
};

}  // namespace stallsight
