// Every key on one sheet, by what it is about.
#pragma once

#include <QAction>
#include <QDialog>

namespace stallsight::gui {

class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    // A command's data() is the heading that it stands under.
    ShortcutSheet(const QList<QAction*>& commands, QWidget* parent);

private:
    struct Row {
        QString group, key, words;
    };
    static QList<Row> rows_of(const QList<QAction*>& commands);
    static QLayout* column_of(const QList<Row>& rows);
};

}  // namespace stallsight::gui
