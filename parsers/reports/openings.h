// Decides whether a line in which a literal was found is the first line of a report, and of which kind.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "parsers/reports/lines.h"
#include "parsers/reports/strand.h"
#include "parsers/reports/user_text.h"

namespace stallsight {

class Openings {
public:
    // `places`: offsets of report literals, ascending. Both must outlive this.
    Openings(std::string_view text, std::span<const std::uint64_t> places) : text_(text), places_(places) {}

    // Of a line that user-space text tore, the halves are read together.
    // The table's order decides, not the order in the line: "[ BUG: held lock freed! ]" is lockdep's. The event's
    // offset is that of "[ cut here ]" where one stands before the line.
    [[nodiscard]] std::optional<Opening> in(const LineView& line) const;

private:
    // `place`: offset in the line's text.
    [[nodiscard]] std::optional<Opening> at(const LineView& line, std::size_t place, const ReportKind& kind) const;
    [[nodiscard]] std::optional<Opening> torn(const LineView& line) const;
    [[nodiscard]] std::optional<Opening> mended(const LineView& line, const TornLine& torn) const;
    // The lines between "[ cut here ]" and the header; moves the event's start to the former.
    std::string lines_behind_cut(const LineView& line, const Record& record, std::uint64_t& start) const;

    std::string_view text_;
    std::span<const std::uint64_t> places_;
};

}  // namespace stallsight
