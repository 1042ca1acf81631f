#include "app/gui/timeline/bar_words.h"

#include <algorithm>

#include "app/gui/timeline/mark_pictures.h"

namespace stallsight::gui {

namespace {

constexpr double edge = 8, mark_edge = mark_size / 2 + 4, least = 60;

double width(const Stretch& stretch) {
    return stretch.second - stretch.first;
}

// The widest part of a bar that no mark stands on; the first one of several.
Stretch free_part(Stretch bar, const std::vector<double>& marks) {
    Stretch best{bar.first, bar.first};
    double from = bar.first + edge;
    const auto part_up_to = [&](double to) {
        if (to - from > width(best)) best = {from, to};
    };
    for (auto mark = std::lower_bound(marks.begin(), marks.end(), bar.first - mark_edge);
         mark != marks.end() && *mark < bar.second + mark_edge; ++mark) {
        part_up_to(*mark - mark_edge);
        from = *mark + mark_edge;
    }
    part_up_to(bar.second - edge);
    return best;
}

}  // namespace

std::optional<WordsPlace> place_words(Stretch bar, Stretch room, const std::vector<double>& marks, double wanted) {
    const Stretch inside = free_part(bar, marks);
    if (width(inside) >= std::min(wanted, std::max(least, wanted / 2))) return WordsPlace{inside, true};
    const auto next = std::upper_bound(marks.begin(), marks.end(), bar.second);
    const auto last = std::lower_bound(marks.begin(), marks.end(), bar.first);
    const double right = bar.second + edge + 4, left = bar.first - edge;
    const double right_end = next == marks.end() ? room.second : std::min(room.second, *next - mark_edge);
    const double left_end = last == marks.begin() ? room.first : std::max(room.first, *(last - 1) + mark_edge);
    // All of them on one side, or else half of them.
    for (const double needed : {wanted, std::max(least, wanted / 2)}) {
        if (right + needed <= right_end) return WordsPlace{{right, std::min(right + wanted, right_end)}, false};
        if (left - needed >= left_end) return WordsPlace{{std::max(left - wanted, left_end), left}, false};
    }
    if (width(inside) >= least) return WordsPlace{inside, true};
    return std::nullopt;
}

}  // namespace stallsight::gui
