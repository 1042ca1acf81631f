// A report as a PDF: A4, vector pictures, numbered pages, an outline of its sections.
#pragma once

#include <QString>

#include "analysis/report/document.h"

namespace stallsight::gui {

// False: it could not be written. The same document gives the same bytes.
bool write_pdf(const Document& document, const QString& path);

}  // namespace stallsight::gui
