// A report as a QTextDocument: what the preview shows and the PDF prints.
#pragma once

#include <QTextDocument>
#include <memory>

#include "analysis/report/document.h"

namespace stallsight::gui {

// Black on white, whatever the window's theme is; pictures are drawn from their SVG, as vectors.
std::unique_ptr<QTextDocument> text_document(const Document& document);

// A4. False: it could not be written. The same document gives the same bytes.
bool write_pdf(const Document& document, const QString& path);

}  // namespace stallsight::gui
