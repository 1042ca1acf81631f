#include "parsers/reports/origins.h"

#include <algorithm>

namespace stallsight {

namespace {

class Mover {
public:
    Mover(const RewrittenLog& rewritten, std::string_view text) : rewritten_(rewritten), text_(text) {}

    void line(std::uint64_t& number) const {
        if (const LineOrigin* origin = of(number)) number = origin->line;
    }

    void frames(std::vector<Frame>& frames) const {
        for (Frame& frame : frames) line(frame.line);
    }

    void event(Event& event) const {
        const LineOrigin* first = of(event.line);
        const LineOrigin* last = of(event.line_last);
        if (first != nullptr) event.offset = first->offset;
        if (last != nullptr) {
            event.offset_last = std::min<std::uint64_t>(text_.find('\n', last->offset), text_.size() - 1) + 1;
        }
        line(event.line);
        line(event.line_last);
        frames(event.frames);
        if (event.preempt_disabled_at) line(event.preempt_disabled_at->line);
        for (Section& section : event.sections) {
            line(section.line);
            line(section.line_last);
            frames(section.frames);
        }
        // Pieces that stood in another order than the time's.
        if (event.line_last < event.line) std::swap(event.line, event.line_last);
        if (event.offset_last < event.offset) std::swap(event.offset, event.offset_last);
    }

private:
    [[nodiscard]] const LineOrigin* of(std::uint64_t number) const {
        return number == 0 || number > rewritten_.origins.size() ? nullptr : &rewritten_.origins[number - 1];
    }

    const RewrittenLog& rewritten_;
    std::string_view text_;
};

}  // namespace

void move_to_origins(LogScan& scan, const RewrittenLog& rewritten, std::string_view text) {
    const Mover move(rewritten, text);
    for (Event& event : scan.events) move.event(event);
    if (scan.leading_rest) move.event(*scan.leading_rest);
    for (TortureSample& sample : scan.torture) {
        move.line(sample.line);
        move.line(sample.line_last);
    }
    for (Fact& fact : scan.facts) move.line(fact.line);
    for (Remark& remark : scan.remarks) move.line(remark.line);
    scan.index = LineIndex(text);
}

}  // namespace stallsight
