#include "parsers/vmcore/session_log.h"

#include <algorithm>

namespace stallsight {

void SessionLog::append(LogLines& lines, const LogLines& line) {
    if (lines.count == 0) {
        lines = line;
        return;
    }
    lines.count += line.count;
    lines.bytes += line.bytes;
}

void SessionLog::add_printed(const LogLines& line, bool empty) {
    append(printed_.back().lines, line);
    if (!empty) printed_.back().filled = printed_.back().lines;
}

void SessionLog::add_loose(const LogLines& line) {
    const bool goes_on = !loose_.empty() && loose_.back().line + loose_.back().count == line.line;
    if (!goes_on) loose_.emplace_back();
    append(loose_.back(), line);
}

std::vector<LogLines> SessionLog::take() {
    const auto longest = std::max_element(printed_.begin(), printed_.end(), [](const Printed& a, const Printed& b) {
        return a.filled.count < b.filled.count;
    });
    if (longest != printed_.end() && longest->filled.count > 0) return {longest->filled};
    return std::move(loose_);
}

}  // namespace stallsight
