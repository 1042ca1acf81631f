// What is said in a place where there is nothing to see, and what would bring something there.
#pragma once

#include <QAbstractItemView>
#include <QLabel>

namespace stallsight::gui {

// The words stand at the top of `place` while the label is shown.
QLabel* empty_words(QWidget* place, const QString& words);

// Shown while `view` has no row.
QLabel* empty_words(QAbstractItemView* view, const QString& words);

}  // namespace stallsight::gui
