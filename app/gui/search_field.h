// Finds text in the logs as one types; behind a ">" it finds a command instead.
#pragma once

#include <QAction>
#include <QCompleter>
#include <QLineEdit>
#include <QStringListModel>

namespace stallsight::gui {

class SearchField : public QLineEdit {
    Q_OBJECT
public:
    explicit SearchField(QWidget* parent = nullptr);

    void set_commands(const QList<QAction*>& commands);
    void show_result(const QString& how);
    void start_command();

signals:
    void find_wanted(const QString& text, bool forward, bool again);
    void left();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] bool is_command() const { return text().startsWith('>'); }
    void list_commands();
    void run_command(const QString& entry);

    QList<QAction*> commands_;
    QStringListModel entries_;  // those that can be given, while one is looked for
    QCompleter completer_;
    QString result_;
};

}  // namespace stallsight::gui
