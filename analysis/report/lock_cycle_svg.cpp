#include "analysis/report/svg.h"
#include "analysis/report/svg_writer.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr double width = 480;
constexpr double box_x = 64, box_w = width - box_x - 12, box_h = 28;
constexpr double between = 34;  // from one box to the next
constexpr double turn_x = 22;   // where the closing edge goes back up
constexpr std::size_t most_letters = 54;

std::string shortened(const std::string& text) {
    return text.size() <= most_letters ? text : text.substr(0, most_letters - 1) + "…";
}

std::string taker_words(const LockStep& step) {
    if (step.function.empty()) return "then";
    return "then, in " + qualified_name(step.function, step.module);
}

// A head at the end of an edge, pointing down or to the right.
std::string head_down(double x, double y) {
    return "M" + coordinate(x - 4) + " " + coordinate(y - 7) + "h8l-4 7z";
}

std::string head_right(double x, double y) {
    return "M" + coordinate(x - 8) + " " + coordinate(y - 4.5) + "v9l8 -4.5z";
}

}  // namespace

std::string lock_cycle_svg(const LockCycle& cycle) {
    SvgWriter svg;
    const double first = 22;
    const auto top_of = [&](std::size_t step) { return first + static_cast<double>(step) * (box_h + between); };
    const std::size_t last = cycle.steps.size() - 1;
    for (std::size_t i = 0; i < cycle.steps.size(); ++i) {
        const double top = top_of(i);
        if (i > 0) {
            svg.path("M" + coordinate(box_x + 20) + " " + coordinate(top - between) + "v" + coordinate(between - 4),
                     "edge");
            svg.path(head_down(box_x + 20, top), "edge-head");
            svg.text(box_x + 34, top - between / 2 + 4, shortened(taker_words(cycle.steps[i])), "muted");
        }
        svg.rect(box_x, top, box_w, box_h, i == 0 ? "node node-wanted" : "node");
        svg.text(box_x + 12, top + box_h / 2 + 4, shortened(cycle.steps[i].lock), "mono");
    }
    // Back from under the last lock to the first: what makes a cycle of an order.
    const double from = top_of(last) + box_h, below = from + 18, back = top_of(0) + box_h / 2;
    svg.path("M" + coordinate(box_x + 20) + " " + coordinate(from) + "V" + coordinate(below) + "H" +
                 coordinate(turn_x) + "V" + coordinate(back) + "H" + coordinate(box_x - 6),
             "edge edge-closes");
    svg.path(head_right(box_x, back), "mark-bad");
    svg.text(box_x + 34, below + 5, shortened(closing_words(cycle)), "bad");
    return svg.finish(width, below + 18, "Cycle of " + counted(cycle.steps.size(), "lock"));
}

}  // namespace stallsight
