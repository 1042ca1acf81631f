// What the window's menus and keys do.
#include <QApplication>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>

#include "analysis/json.h"
#include "analysis/report/svg.h"
#include "app/gui/answer/answer_bar.h"
#include "app/gui/ask_bundle.h"
#include "app/gui/bundle_tree/bundle_panel.h"
#include "app/gui/chain/chain_panel.h"
#include "app/gui/compare/compare_dialog.h"
#include "app/gui/events/events_panel.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/main_window.h"
#include "app/gui/notes/notes_panel.h"
#include "app/gui/report/report_dialog.h"
#include "app/gui/search_field.h"
#include "app/gui/shortcut_sheet.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/tasks/tasks_panel.h"
#include "app/gui/timeline/timeline_panel.h"
#include "app/gui/words.h"

namespace stallsight::gui {

QAction* MainWindow::add_command(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setData(group_);
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    addAction(action);
    commands_ << action;
    return action;
}

QAction* MainWindow::add_bundle_command(const QString& text, const QList<QKeySequence>& keys,
                                        std::function<void()> act) {
    QAction* action = add_command(text, keys, std::move(act));
    action->setEnabled(false);
    bundle_commands_ << action;
    return action;
}

void MainWindow::make_actions() {
    make_open_actions();
    make_event_actions();
    make_log_actions();
    make_tabs_actions();
    make_report_actions();
    group_ = "Window";
    add_command("Show every command", {QKeySequence("Ctrl+Shift+P"), QKeySequence(":")},
                [this] { search_->start_command(); });
    add_command("Show the keys", {QKeySequence("F1"), QKeySequence("?")}, [this] { show_shortcuts(); });
    add_command("About Stallsight", {}, [this] { show_about(); });
    add_command("Quit", {QKeySequence("Ctrl+Q")}, [this] { close(); });
}

void MainWindow::make_open_actions() {
    group_ = "Open";
    open_ =
        add_command(QStringLiteral("Open a file or archive…"), {QKeySequence::Open}, [this] { ask_open(false); });
    open_folder_ =
        add_command(QStringLiteral("Open a folder…"), {QKeySequence("Ctrl+Shift+O")}, [this] { ask_open(true); });
    paste_ =
        add_command("Open the log in the clipboard", {QKeySequence("Ctrl+Shift+V")}, [this] { open_clipboard(); });
    symbols_ = add_command(QStringLiteral("Add a folder with debug info…"), {QKeySequence("Ctrl+D")},
                           [this] { ask_debug_dir(); });
    add_command(QStringLiteral("Where sources are…"), {QKeySequence("Ctrl+Shift+D")}, [this] { ask_sources({}); });
}

void MainWindow::make_event_actions() {
    group_ = "Events and notes";
    add_bundle_command("Next event", {QKeySequence("N"), QKeySequence(".")}, [this] { selection_.step(1); });
    add_bundle_command("Previous event", {QKeySequence("Shift+N"), QKeySequence(",")},
                       [this] { selection_.step(-1); });
    add_bundle_command("Why we say so", {QKeySequence("E")}, [this] { answer_->show_evidence(); });
    add_bundle_command("Note on the selected line or event", {QKeySequence("M")}, [this] { start_note(); });
    undo_ = add_command("Undo the last change of the notes", {QKeySequence::Undo}, [this] { notes_.undo(); });
    redo_ = add_command("Redo the last change of the notes", {QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")},
                        [this] { notes_.redo(); });
    for (QAction* change : {undo_, redo_}) change->setEnabled(false);
}

void MainWindow::make_log_actions() {
    group_ = "Log";
    add_bundle_command("Search the logs", {QKeySequence::Find, QKeySequence("/")}, [this] {
        search_->setFocus();
        search_->selectAll();
    });
    add_bundle_command("Next match", {QKeySequence("F3")},
                       [this] { emit search_->find_wanted(search_->text(), true, true); });
    add_bundle_command("Previous match", {QKeySequence("Shift+F3")},
                       [this] { emit search_->find_wanted(search_->text(), false, true); });
    add_bundle_command("Two lines of one moment: this, then that", {QKeySequence("T")}, [this] { name_moment(); });
    group_ = "Timeline";
    add_bundle_command("Fit the timeline", {QKeySequence("F")}, [this] { timeline_->plot()->fit(); });
}

void MainWindow::make_report_actions() {
    group_ = "Compare and report";
    compare_ = new QMenu(this);
    compare_->addAction(add_bundle_command(QStringLiteral("Compare with another run (a file or archive)…"),
                                           {QKeySequence("Ctrl+K")}, [this] { compare_with(false); }));
    compare_->addAction(add_bundle_command(QStringLiteral("Compare with another run (a folder)…"),
                                           {QKeySequence("Ctrl+Shift+K")}, [this] { compare_with(true); }));
    export_ = new QMenu(this);
    export_->addAction(add_bundle_command(QStringLiteral("Export report…"), {QKeySequence("Ctrl+E")},
                                          [this] { export_report(); }));
    export_->addAction(
        add_bundle_command(QStringLiteral("Export analysis as JSON…"), {}, [this] { export_json(); }));
    export_->addAction(
        add_bundle_command(QStringLiteral("Export timeline as SVG…"), {}, [this] { export_timeline(); }));
    export_->addAction(
        add_bundle_command(QStringLiteral("Export picture of this window…"), {}, [this] { export_picture(); }));
}

void MainWindow::make_tabs_actions() {
    group_ = "Go to";
    const char* const names[] = {"Chain", "Stack", "Source", "Patch", "Fields", "Notes"};
    for (int tab = 0; tab < 6; ++tab)
        add_bundle_command(QString("Show %1").arg(names[tab]), {QKeySequence(QString("Alt+%1").arg(tab + 1))},
                           [this, tab] {
                               tabs_->setCurrentIndex(tab);
                               tabs_->currentWidget()->setFocus();
                           });
    const auto go_to = [this](const QString& name, const QString& key, auto panel) {
        add_bundle_command(name, {QKeySequence(key)}, [this, panel] {
            // Where it is one of several in its place, it comes to the front.
            lower_->setCurrentWidget(this->*panel);
            tabs_->setCurrentWidget(this->*panel);
            if (QWidget* list = (this->*panel)->template findChild<QAbstractItemView*>())
                list->setFocus();
            else
                (this->*panel)->setFocus();
        });
    };
    go_to("Go to the bundle", "Ctrl+1", &MainWindow::bundle_);
    go_to("Go to the events", "Ctrl+2", &MainWindow::events_);
    go_to("Go to the timeline", "Ctrl+3", &MainWindow::timeline_);
    go_to("Go to the log", "Ctrl+4", &MainWindow::log_);
    go_to("Go to the chain", "Ctrl+5", &MainWindow::chain_);
    show_tasks_ = add_command("Show Tasks", {QKeySequence("Alt+7"), QKeySequence("Ctrl+6")}, [this] {
        lower_->setCurrentWidget(tasks_);
        tasks_->findChild<QAbstractItemView*>("tasks")->setFocus();
    });
    show_tasks_->setEnabled(false);
}

QString MainWindow::ask_file(const QString& title, const QString& suffix) {
    const QString name = selection_.analysis() ? qs(selection_.analysis()->bundle_name) : QString("stallsight");
    return QFileDialog::getSaveFileName(this, title, name + suffix, "*" + suffix);
}

void MainWindow::write_file(const QString& path, const std::string& text) {
    if (path.isEmpty()) return;
    QSaveFile file(path);
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.write(text.data(), static_cast<qint64>(text.size())) >= 0 && file.commit();
    if (!written) QMessageBox::warning(this, "Not written", path + ": " + file.errorString());
}

void MainWindow::export_report() {
    if (!selection_.analysis()) return;
    auto* dialog = new ReportDialog(selection_.analysis(), notes_.file(), options_.analysis, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void MainWindow::export_json() {
    if (selection_.analysis()) write_file(ask_file("Export analysis", ".json"), to_json(*selection_.analysis()));
}

void MainWindow::export_timeline() {
    if (selection_.analysis())
        write_file(ask_file("Export timeline", ".svg"), timeline_svg(*selection_.analysis()));
}

void MainWindow::export_picture() {
    const QPixmap picture = grab();
    const QString path = ask_file("Export picture", ".png");
    if (!path.isEmpty() && !picture.save(path, "PNG")) QMessageBox::warning(this, "Not written", path);
}

void MainWindow::compare_with(bool folder) {
    if (!selection_.analysis()) return;
    const QString path = ask_bundle(this, "The other run: the one after the patch", folder);
    if (path.isEmpty()) return;
    auto* dialog = new CompareDialog(selection_.analysis(), path, options_.analysis, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void MainWindow::show_shortcuts() {
    auto* sheet = new ShortcutSheet(commands_, this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->show();
}

void MainWindow::show_about() {
    QMessageBox::about(
        this, "About Stallsight",
        "<p><b>Stallsight " STALLSIGHT_VERSION
        "</b></p><p>Says what happened on a board that hung, which line did it, and whether the patch "
        "cured it.</p><p>GPL-3.0-or-later</p>");
}

void MainWindow::start_note() {
    tabs_->setCurrentWidget(notes_panel_);
    notes_panel_->start_note();
}

}  // namespace stallsight::gui
