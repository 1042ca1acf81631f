// Where the words of a bar stand: in it or beside it, where neither marks nor other bars are.
#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace stallsight::gui {

using Stretch = std::pair<double, double>;  // from, to, in pixels

struct WordsPlace {
    Stretch at;
    bool inside = false;
};

// `bar`: what is seen of it; `room`: up to its neighbours; `marks`: of its lane, from left to right. Nothing: there
// is too little room for `wanted` pixels of words. Inside a bar, half of them do.
std::optional<WordsPlace> place_words(Stretch bar, Stretch room, const std::vector<double>& marks, double wanted);

}  // namespace stallsight::gui
