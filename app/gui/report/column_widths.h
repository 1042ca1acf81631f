// How wide the columns of a report's table are: a word breaks only where there is no room for it in the whole
// table.
#pragma once

#include <QList>
#include <QTextCharFormat>
#include <QTextLength>

#include "analysis/report/document.h"

namespace stallsight::gui {

// In percent of the table. `plain` and `code`: what the cells are written in.
QList<QTextLength> column_widths(const Table& table, const QTextCharFormat& plain, const QTextCharFormat& code);

}  // namespace stallsight::gui
