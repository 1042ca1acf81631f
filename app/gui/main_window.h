// The window: puts the panels together around one selection, and loads what is opened.
#pragma once

#include <QLabel>
#include <QMainWindow>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>

#include "app/gui/loader.h"
#include "app/gui/notes/note_store.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class AnswerBar;
class BundlePanel;
class ChainPanel;
class EventsPanel;
class FieldsPanel;
class LogPanel;
class NotesPanel;
class PatchPanel;
class SearchField;
class SourcePanel;
class StackPanel;
class StartPage;
class TasksPanel;
class TimelinePanel;

struct WindowOptions {
    AnalysisOptions analysis;
    QString samples_dir;
    bool remember = true;  // recent bundles and where sources are
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(WindowOptions options, QWidget* parent = nullptr);

    void open(const QString& path);
    // Folders and path maps, from now on.
    void set_sources(const SourceSearch& sources);
    [[nodiscard]] Selection* selection() { return &selection_; }
    [[nodiscard]] NoteStore* notes() { return &notes_; }
    [[nodiscard]] const QList<QAction*>& commands() const { return commands_; }

signals:
    void ready();
    void failed(const QString& message);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void make_actions();
    void make_open_actions();
    void make_event_actions();
    void make_log_actions();
    void make_tabs_actions();
    void make_report_actions();
    QAction* add_command(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act);
    // One that can be given once a bundle is open.
    QAction* add_bundle_command(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act);
    QWidget* make_bar();
    QToolButton* bar_button(const QString& text, QAction* action, QMenu* menu = nullptr);
    QWidget* make_work_page();
    QWidget* make_middle();
    void show_tasks_tab();
    QWidget* make_tabs();
    QWidget* make_status();
    void connect_panels();

    void show_analysis(const std::shared_ptr<const Analysis>& analysis);
    void share_room();
    void show_failure(const QString& message);
    void show_cancelled();
    void update_status();
    void update_recent(const QString& opened);
    void show_problems();

    void ask_open(bool folder);
    void ask_debug_dir();
    void recall_sources();
    void ask_sources(const QString& file);
    void export_report();
    void export_json();
    void export_timeline();
    void export_picture();
    QString ask_file(const QString& title, const QString& suffix);
    void write_file(const QString& path, const std::string& text);
    void compare_with(bool folder);
    void open_clipboard();
    void show_shortcuts();
    void show_about();
    void start_note();
    void set_clock(const ClockOffset& offset);
    void name_moment();

    WindowOptions options_;
    Selection selection_;
    Loader loader_;
    NoteStore notes_;
    QString path_, opening_;
    std::string moment_;  // "nt-a/core-0/kern.log:25": the first of two lines of one moment

    QList<QAction*> commands_, bundle_commands_;
    QString group_;  // under which the next commands stand on the sheet of keys
    QAction *open_ = nullptr, *open_folder_ = nullptr, *paste_ = nullptr, *symbols_ = nullptr;
    QAction *undo_ = nullptr, *redo_ = nullptr, *show_tasks_ = nullptr;
    QMenu *recent_ = nullptr, *compare_ = nullptr, *export_ = nullptr;
    SearchField* search_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    StartPage* start_ = nullptr;
    QWidget* work_ = nullptr;
    AnswerBar* answer_ = nullptr;
    BundlePanel* bundle_ = nullptr;
    EventsPanel* events_ = nullptr;
    TimelinePanel* timeline_ = nullptr;
    LogPanel* log_ = nullptr;
    TasksPanel* tasks_ = nullptr;
    QTabWidget* lower_ = nullptr;  // below the timeline: the log and, where there are any, the tasks
    QSplitter* middle_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    ChainPanel* chain_ = nullptr;
    StackPanel* stack_ = nullptr;
    SourcePanel* source_ = nullptr;
    PatchPanel* patch_ = nullptr;
    FieldsPanel* fields_ = nullptr;
    NotesPanel* notes_panel_ = nullptr;
    QLabel *read_ = nullptr, *case_ = nullptr;
    QToolButton* problems_ = nullptr;
};

}  // namespace stallsight::gui
