// Every key on one sheet.
#pragma once

#include <QAction>
#include <QDialog>

namespace stallsight::gui {

class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    ShortcutSheet(const QList<QAction*>& commands, QWidget* parent);
};

}  // namespace stallsight::gui
