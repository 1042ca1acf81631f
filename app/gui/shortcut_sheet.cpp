#include "app/gui/shortcut_sheet.h"

#include <QGridLayout>
#include <QLabel>

#include "app/gui/theme.h"

namespace stallsight::gui {

ShortcutSheet::ShortcutSheet(const QList<QAction*>& commands, QWidget* parent) : QDialog(parent) {
    setWindowTitle("Keys");
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(24, 20, 24, 20);
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(5);
    QList<std::pair<QString, QString>> rows;
    for (const QAction* command : commands) {
        QStringList keys;
        for (const QKeySequence& key : command->shortcuts()) keys << key.toString(QKeySequence::NativeText);
        if (!keys.isEmpty()) rows << std::pair(keys.join("  or  "), command->text());
    }
    rows << std::pair(QString("+  or  W,  -  or  S"), QString("Zoom the timeline (when it has the focus)"))
         << std::pair(QStringLiteral("←  →  or  A  D"), QString("Pan the timeline"))
         << std::pair(QString("Ctrl+wheel"), QString("Zoom the timeline at the mouse"))
         << std::pair(QString("Shift+drag"), QString("Measure a time span"))
         << std::pair(QString("Drag a core's name"), QString("Set its clock against the first core's"))
         << std::pair(QStringLiteral("↑  ↓  or  K  J"), QString("Previous or next line of the log"))
         << std::pair(QString("Enter"), QString("Open or close a folded run of the chain"));
    const int half = static_cast<int>((rows.size() + 1) / 2);
    for (int i = 0; i < rows.size(); ++i) {
        auto* key = new QLabel(rows[i].first);
        key->setFont(bold(ui_font()));
        const int column = i < half ? 0 : 3;
        grid->addWidget(key, i % half, column);
        grid->addWidget(new QLabel(rows[i].second), i % half, column + 1);
    }
    grid->setColumnMinimumWidth(2, 20);
}

}  // namespace stallsight::gui
