// Asks for a bundle: a folder, or an archive or a single file.
#pragma once

#include <QFileDialog>

namespace stallsight::gui {

// Empty: nothing was chosen.
inline QString ask_bundle(QWidget* parent, const QString& title, bool folder) {
    return folder ? QFileDialog::getExistingDirectory(parent, title) : QFileDialog::getOpenFileName(parent, title);
}

}  // namespace stallsight::gui
