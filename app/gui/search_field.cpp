#include "app/gui/search_field.h"

#include <QCompleter>
#include <QKeyEvent>
#include <QPainter>
#include <QStringListModel>

#include "app/gui/theme.h"

namespace stallsight::gui {

SearchField::SearchField(QWidget* parent) : QLineEdit(parent) {
    setPlaceholderText("Search all logs, or > for a command");
    setAccessibleName("Search");
    setObjectName("search");
    connect(this, &QLineEdit::textEdited, this, [this](const QString& typed) {
        result_.clear();
        if (!is_command()) emit find_wanted(typed, true, false);
    });
}

void SearchField::set_commands(const QList<QAction*>& commands) {
    commands_ = commands;
    QStringList names;
    for (const QAction* command : commands)
        if (!command->text().isEmpty()) names << "> " + command->text();
    auto* completer = new QCompleter(names, this);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setMaxVisibleItems(12);
    setCompleter(completer);
    connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &SearchField::run_command,
            Qt::QueuedConnection);  // the completer writes the text after it has told us
}

void SearchField::run_command(const QString& name) {
    for (QAction* command : commands_) {
        if ("> " + command->text() != name) continue;
        clear();
        emit left();
        return command->trigger();
    }
}

void SearchField::start_command() {
    setFocus();
    setText("> ");
    completer()->setCompletionPrefix("> ");
    completer()->complete();
}

void SearchField::show_result(const QString& how) {
    result_ = how;
    update();
}

void SearchField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        clear();
        emit find_wanted({}, true, false);
        return emit left();
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (is_command()) return run_command(completer()->currentCompletion());
        return emit find_wanted(text(), !(event->modifiers() & Qt::ShiftModifier), true);
    }
    QLineEdit::keyPressEvent(event);
}

void SearchField::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    painter.setFont(small(ui_font()));
    painter.setPen(theme().muted);
    const QString shown = text().isEmpty() ? QStringLiteral("Ctrl+F") : result_;
    painter.drawText(rect().adjusted(8, 0, -10, 0), Qt::AlignRight | Qt::AlignVCenter, shown);
}

}  // namespace stallsight::gui
