#include "analysis/compare/stacks.h"

#include <algorithm>
#include <numeric>

#include "analysis/signature.h"

namespace stallsight {

namespace {

constexpr std::size_t most_frames = 64;

bool has(const Stack& stack, const std::string& function) {
    return std::find(stack.begin(), stack.end(), function) != stack.end();
}

}  // namespace

Stack stack_of(const EventInfo& event) {
    Stack stack;
    for (const Frame& frame : event.report.frames)
        if (frame.reliable && !frame.function.empty() && stack.size() < most_frames)
            stack.push_back(without_clone_suffix(frame.function));
    return stack;
}

double stack_distance(const Stack& a, const Stack& b) {
    if (a.empty() && b.empty()) return 1;
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return static_cast<double>(row[b.size()]) / static_cast<double>(std::max(a.size(), b.size()));
}

Stack only_in(const Stack& a, const Stack& b) {
    Stack out;
    for (const std::string& function : a)
        if (!has(b, function) && !has(out, function)) out.push_back(function);
    return out;
}

}  // namespace stallsight
