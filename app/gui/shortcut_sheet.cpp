#include "app/gui/shortcut_sheet.h"

#include <QGridLayout>
#include <QLabel>
#include <algorithm>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

// What no command stands for, under the heading of commands that are like it.
struct Gesture {
    const char *group, *key, *words;
};
constexpr Gesture gestures[] = {
    {"Log", "↑  ↓  or  K  J", "Previous or next line"},
    {"Timeline", "+  or  W,  -  or  S", "Zoom, when it has the focus"},
    {"Timeline", "←  →  or  A  D", "Pan, when it has the focus"},
    {"Timeline", "Ctrl+wheel", "Zoom at the mouse"},
    {"Timeline", "Shift+drag", "Measure a time span and filter by it"},
    {"Timeline", "Drag a core's name", "Set its clock against the first core's"},
    {"Window", "Tab  or  Shift+Tab", "Next or previous part of the window"},
    {"Window", "Enter", "Open or close a folded run of the chain"},
};

}  // namespace

ShortcutSheet::ShortcutSheet(const QList<QAction*>& commands, QWidget* parent) : QDialog(parent) {
    setWindowTitle("Keys");
    const QList<Row> rows = rows_of(commands);
    // The second column begins with the heading that is nearest to the middle.
    qsizetype half = rows.size() / 2;
    while (half > 0 && half < rows.size() && rows[half].group == rows[half - 1].group) ++half;
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(24, 14, 24, 20);
    columns->setSpacing(40);
    columns->addLayout(column_of(rows.mid(0, half)));
    columns->addLayout(column_of(rows.mid(half)));
}

QList<ShortcutSheet::Row> ShortcutSheet::rows_of(const QList<QAction*>& commands) {
    QList<Row> rows;
    QStringList groups;
    for (const QAction* command : commands) {
        const QString group = command->data().toString();
        if (!groups.contains(group)) groups << group;
        QStringList keys;
        for (const QKeySequence& key : command->shortcuts()) keys << key.toString(QKeySequence::NativeText);
        if (!keys.isEmpty()) rows << Row{group, keys.join("  or  "), command->text()};
    }
    for (const auto& [group, key, words] : gestures)
        rows << Row{group, QString::fromUtf8(key), QString::fromUtf8(words)};
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Row& a, const Row& b) { return groups.indexOf(a.group) < groups.indexOf(b.group); });
    return rows;
}

QLayout* ShortcutSheet::column_of(const QList<Row>& rows) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(5);
    QString group;
    int line = 0;
    for (const Row& row : rows) {
        if (row.group != group) {
            auto* heading = new QLabel(row.group);
            heading->setObjectName("muted");
            heading->setContentsMargins(0, 8, 0, 0);
            grid->addWidget(heading, line++, 0, 1, 2);
            group = row.group;
        }
        auto* key = new QLabel(row.key);
        key->setFont(bold(ui_font()));
        grid->addWidget(key, line, 0);
        grid->addWidget(new QLabel(row.words), line++, 1);
    }
    grid->setRowStretch(line, 1);
    return grid;
}

}  // namespace stallsight::gui
