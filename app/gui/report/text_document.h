// A report as a QTextDocument: what the preview shows and the PDF prints. Titles have heading levels: 1 the
// report's, 2 a section's, 3 one inside a section.
#pragma once

#include <QTextDocument>
#include <QTextFormat>
#include <cstdint>
#include <memory>

#include "analysis/report/document.h"

namespace stallsight::gui {

constexpr double screen_dpi = 96;  // what a document's margins are in

// Of the format of a block that must not stand at the foot of a page without the next one.
constexpr int kept_with_next = QTextFormat::UserProperty + 2;

// Black on white, whatever the window's theme is; pictures are drawn from their SVG, as vectors. Of each table the
// first `most_rows` are shown, and how many more there are is said.
std::unique_ptr<QTextDocument> text_document(const Document& document, std::size_t most_rows = SIZE_MAX);

}  // namespace stallsight::gui
