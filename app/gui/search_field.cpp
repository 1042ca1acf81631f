#include "app/gui/search_field.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QPainter>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

// "> Fit the timeline   F"
QString entry_of(const QAction& command) {
    const QString key = command.shortcut().toString(QKeySequence::NativeText);
    return "> " + command.text() + (key.isEmpty() ? QString() : "   " + key);
}

}  // namespace

SearchField::SearchField(QWidget* parent) : QLineEdit(parent) {
    setPlaceholderText("Search all logs, or > for a command");
    setAccessibleName("Search");
    setObjectName("search");
    completer_.setModel(&entries_);
    completer_.setFilterMode(Qt::MatchContains);
    completer_.setCaseSensitivity(Qt::CaseInsensitive);
    completer_.setMaxVisibleItems(14);
    completer_.popup()->setObjectName("commands");
    setCompleter(&completer_);
    connect(&completer_, qOverload<const QString&>(&QCompleter::activated), this, &SearchField::run_command,
            Qt::QueuedConnection);  // the completer writes the text after it has told us
    connect(this, &QLineEdit::textChanged, this, &SearchField::list_commands);
    connect(this, &QLineEdit::textEdited, this, [this](const QString& typed) {
        result_.clear();
        if (!is_command()) emit find_wanted(typed, true, false);
    });
}

void SearchField::set_commands(const QList<QAction*>& commands) {
    commands_ = commands;
}

// Words that are searched for complete to no command.
void SearchField::list_commands() {
    if (is_command() == (entries_.rowCount() > 0)) return;
    QStringList entries;
    for (const QAction* command : commands_)
        if (is_command() && command->isEnabled()) entries << entry_of(*command);
    entries_.setStringList(entries);
}

void SearchField::run_command(const QString& entry) {
    for (QAction* command : commands_) {
        if (entry_of(*command) != entry) continue;
        clear();
        emit left();
        return command->trigger();
    }
}

void SearchField::start_command() {
    setFocus();
    setText("> ");
    completer_.setCompletionPrefix("> ");
    completer_.complete();
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
        if (is_command()) return run_command(completer_.currentCompletion());
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
