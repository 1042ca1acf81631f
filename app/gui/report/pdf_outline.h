// The outline (bookmarks) of a PDF, which Qt 6.4 cannot write: added to its file by libqpdf.
#pragma once

#include <string>
#include <vector>

namespace stallsight::gui {

struct OutlineEntry {
    std::string title;  // UTF-8
    int level = 1;      // 1 outermost; one deeper than the entry before it at most
    int page = 0;       // from 0
    double top = 0;     // points from the page's lower edge
};

// The same PDF with the outline, and without the time at which it was written. Empty: `pdf` cannot be read.
std::string with_outline(const std::string& pdf, const std::vector<OutlineEntry>& entries);

}  // namespace stallsight::gui
