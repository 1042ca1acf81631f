#include "parsers/reports/origins.h"

#include <algorithm>

#include "base/parallel.h"

namespace stallsight {

namespace {

class Mover {
public:
    Mover(const RewrittenLog& rewritten, std::string_view text) : origins_(rewritten), text_(text) {}

    void line(std::uint64_t& number) {
        if (const auto origin = origins_.of(number)) number = origin->line;
    }

    void frames(std::vector<Frame>& frames) {
        for (Frame& frame : frames) line(frame.line);
    }

    void event(Event& event) {
        if (const auto first = origins_.of(event.line)) event.offset = first->offset;
        if (const auto last = origins_.of(event.line_last))
            event.offset_last = std::min<std::uint64_t>(text_.find('\n', last->offset), text_.size() - 1) + 1;
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
    Origins origins_;
    std::string_view text_;
};

void move_events(std::vector<Event>& events, const RewrittenLog& rewritten, std::string_view text) {
    constexpr std::size_t batch = 64;
    parallel_for((events.size() + batch - 1) / batch, [&](std::size_t number) {
        Mover move(rewritten, text);
        const std::size_t end = std::min(events.size(), (number + 1) * batch);
        for (std::size_t i = number * batch; i < end; ++i) move.event(events[i]);
    });
}

}  // namespace

void move_to_origins(LogScan& scan, const RewrittenLog& rewritten, std::string_view text) {
    move_events(scan.events, rewritten, text);
    Mover move(rewritten, text);
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
