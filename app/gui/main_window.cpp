#include "app/gui/main_window.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <set>

#include "app/gui/answer/answer_bar.h"
#include "app/gui/bundle_tree/bundle_panel.h"
#include "app/gui/chain/chain_panel.h"
#include "app/gui/events/events_panel.h"
#include "app/gui/fields/fields_panel.h"
#include "app/gui/focus_mark.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/notes/notes_panel.h"
#include "app/gui/patch/patch_panel.h"
#include "app/gui/search_field.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/stack/stack_panel.h"
#include "app/gui/start_page.h"
#include "app/gui/tasks/tasks_panel.h"
#include "app/gui/theme.h"
#include "app/gui/timeline/timeline_panel.h"
#include "app/gui/words.h"

namespace stallsight::gui {

MainWindow::MainWindow(WindowOptions options, QWidget* parent) : QMainWindow(parent), options_(std::move(options)) {
    recall_sources();
    setWindowTitle("Stallsight");
    setAcceptDrops(true);
    resize(1600, 1000);
    setMinimumSize(900, 560);
    make_actions();
    start_ = new StartPage(options_.samples_dir);
    work_ = make_work_page();
    pages_ = new QStackedWidget;
    pages_->addWidget(start_);
    pages_->addWidget(work_);
    auto* central = new QWidget;
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(make_bar());
    column->addWidget(pages_, 1);
    column->addWidget(make_status());
    setCentralWidget(central);
    connect_panels();
    update_recent({});
    update_status();
    start_->setFocus();
}

QWidget* MainWindow::make_bar() {
    auto* bar = new QWidget;
    bar->setObjectName("bar");
    bar->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 5, 8, 5);
    row->setSpacing(4);
    auto* open_menu = new QMenu(this);
    open_menu->addAction(open_);
    open_menu->addAction(open_folder_);
    open_menu->addAction(paste_);
    row->addWidget(bar_button(QStringLiteral("Open ▾"), nullptr, open_menu));
    recent_ = new QMenu(this);
    row->addWidget(bar_button(QStringLiteral("Recent ▾"), nullptr, recent_));
    row->addWidget(bar_button(QStringLiteral("Symbols…"), symbols_));
    row->addWidget(bar_button(QStringLiteral("Compare ▾"), nullptr, compare_));
    QToolButton* report = bar_button(QStringLiteral("Export report ▾"), nullptr, export_);
    report->setObjectName("framed");
    row->addWidget(report);
    row->addStretch(1);
    search_ = new SearchField;
    search_->setFixedWidth(420);
    search_->set_commands(commands_);
    row->addWidget(search_);
    return bar;
}

QToolButton* MainWindow::bar_button(const QString& text, QAction* action, QMenu* menu) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setAccessibleName(QString(text).remove(QStringLiteral(" ▾")));
    button->setFocusPolicy(Qt::TabFocus);
    if (menu) {
        button->setMenu(menu);
        button->setPopupMode(QToolButton::InstantPopup);
        // It opens where what it lists can be done.
        if (const QAction* first = menu->actions().value(0)) {
            connect(first, &QAction::enabledChanged, button, &QToolButton::setEnabled);
            button->setEnabled(first->isEnabled());
        }
    }
    if (action) {
        button->setToolTip(action->text() +
                           (action->shortcut().isEmpty() ? QString() : " (" + action->shortcut().toString() + ")"));
        connect(button, &QToolButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::enabledChanged, button, &QToolButton::setEnabled);
        button->setEnabled(action->isEnabled());
    }
    return button;
}

QWidget* MainWindow::make_work_page() {
    bundle_ = new BundlePanel(&selection_);
    events_ = new EventsPanel(&selection_);
    answer_ = new AnswerBar(&selection_);
    auto* left = new QSplitter(Qt::Vertical);
    left->addWidget(bundle_);
    left->addWidget(events_);
    left->setObjectName("left");
    auto* columns = new QSplitter(Qt::Horizontal);
    columns->addWidget(left);
    columns->addWidget(make_middle());
    columns->addWidget(make_tabs());
    for (QSplitter* splitter : {left, columns}) {
        splitter->setHandleWidth(1);
        splitter->setChildrenCollapsible(false);
    }
    columns->setObjectName("columns");
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(answer_);
    column->addWidget(columns, 1);
    return page;
}

QWidget* MainWindow::make_middle() {
    timeline_ = new TimelinePanel(&selection_);
    log_ = new LogPanel(&selection_);
    tasks_ = new TasksPanel(&selection_, this);
    tasks_->hide();
    lower_ = new QTabWidget;
    lower_->setObjectName("lower");
    lower_->setDocumentMode(true);
    lower_->setTabBarAutoHide(true);
    lower_->tabBar()->setAccessibleName("Log or tasks");
    lower_->setFocusPolicy(Qt::NoFocus);  // else Tab would go to the hidden row of tabs, and no further
    lower_->addTab(log_, "Log");
    middle_ = new QSplitter(Qt::Vertical);
    middle_->addWidget(timeline_);
    middle_->addWidget(lower_);
    middle_->setHandleWidth(1);
    middle_->setChildrenCollapsible(false);
    return middle_;
}

void MainWindow::show_tasks_tab() {
    lower_->removeTab(lower_->indexOf(tasks_));
    if (tasks_->has_tasks()) lower_->addTab(tasks_, "Tasks");
    show_tasks_->setEnabled(tasks_->has_tasks());
    for (Panel* panel : {static_cast<Panel*>(log_), static_cast<Panel*>(tasks_)})
        panel->show_title(lower_->count() == 1);
}

QWidget* MainWindow::make_tabs() {
    chain_ = new ChainPanel(&selection_);
    stack_ = new StackPanel(&selection_);
    source_ = new SourcePanel(&selection_);
    patch_ = new PatchPanel(&selection_);
    fields_ = new FieldsPanel(&selection_);
    notes_panel_ = new NotesPanel(&selection_, &notes_);
    tabs_ = new QTabWidget;
    tabs_->setObjectName("tabs");
    tabs_->setDocumentMode(true);
    tabs_->addTab(chain_, "Chain");
    tabs_->addTab(stack_, "Stack");
    tabs_->addTab(source_, "Source");
    tabs_->addTab(patch_, "Patch");
    tabs_->addTab(fields_, "Fields");
    tabs_->addTab(notes_panel_, "Notes");
    tabs_->setMinimumWidth(320);
    tabs_->tabBar()->setAccessibleName("Views of what is picked");
    mark_focus(tabs_, tabs_->tabBar());
    source_->look_in(options_.analysis.sources);
    return tabs_;
}

QWidget* MainWindow::make_status() {
    auto* status = new QWidget;
    status->setObjectName("status");
    status->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(status);
    row->setContentsMargins(12, 4, 12, 4);
    read_ = new QLabel;
    case_ = new QLabel;
    problems_ = new QToolButton;
    problems_->setObjectName("quiet");
    for (QLabel* label : {read_, case_}) {
        label->setObjectName("muted");
        label->setFont(small(ui_font()));
    }
    problems_->setFont(small(ui_font()));
    row->addWidget(read_);
    row->addWidget(problems_);
    row->addStretch(1);
    row->addWidget(case_);
    return status;
}

void MainWindow::connect_panels() {
    connect(&loader_, &Loader::progressed, this, [this](const QString& what, double done) {
        start_->show_progress(QString("Opening %1: %2").arg(QFileInfo(opening_).fileName(), what), done);
    });
    connect(&loader_, &Loader::loaded, this, &MainWindow::show_analysis);
    connect(&loader_, &Loader::failed, this, &MainWindow::show_failure);
    connect(&loader_, &Loader::cancelled, this, &MainWindow::show_cancelled);
    connect(start_, &StartPage::cancel_wanted, &loader_, &Loader::cancel);
    connect(start_, &StartPage::open_wanted, this, &MainWindow::ask_open);
    connect(start_, &StartPage::back_wanted, this, &MainWindow::show_cancelled);
    connect(start_, &StartPage::path_wanted, this, &MainWindow::open);

    connect(bundle_, &BundlePanel::debug_info_wanted, this, &MainWindow::ask_debug_dir);
    connect(chain_, &ChainPanel::debug_info_wanted, this, &MainWindow::ask_debug_dir);
    connect(chain_, &ChainPanel::patch_wanted, this, [this] { tabs_->setCurrentWidget(patch_); });
    connect(source_, &SourcePanel::debug_info_wanted, this, &MainWindow::ask_debug_dir);
    connect(source_, &SourcePanel::source_wanted, this, &MainWindow::ask_sources);
    connect(stack_, &StackPanel::source_wanted, this, [this] { tabs_->setCurrentWidget(source_); });
    connect(tasks_, &TasksPanel::stack_wanted, this, [this] { tabs_->setCurrentWidget(stack_); });
    connect(tasks_, &TasksPanel::picked, this, [this] {
        if (tabs_->currentWidget() != source_) tabs_->setCurrentWidget(stack_);
    });
    // An event is seen in its log.
    connect(&selection_, &Selection::changed, this, [this] {
        if (!selection_.task()) lower_->setCurrentWidget(log_);
    });

    connect(search_, &SearchField::find_wanted, this, [this] { lower_->setCurrentWidget(log_); });
    connect(search_, &SearchField::find_wanted, log_, &LogPanel::find);
    connect(search_, &SearchField::left, this, [this] { log_->view()->setFocus(); });
    connect(log_, &LogPanel::found, search_, &SearchField::show_result);
    connect(log_->view(), &LogView::note_wanted, this, &MainWindow::start_note);
    const auto show_notes = [this] {
        const auto artifact = log_->view()->artifact();
        if (selection_.analysis() && artifact) {
            std::map<std::uint64_t, LogView::LineNote> lines;
            for (const auto& [line, note] : notes_.on_lines(*artifact))
                lines[line] = {note.text, mark_colour(note.colour)};
            log_->view()->set_notes(std::move(lines));
        }
        undo_->setEnabled(notes_.can_undo());
        redo_->setEnabled(notes_.can_redo());
        update_status();
    };
    connect(&notes_, &NoteStore::changed, this, show_notes);
    connect(timeline_->plot(), &TimelinePlot::clock_dragged, this, &MainWindow::set_clock);
    connect(&notes_, &NoteStore::decided, this, [this] { open(path_); });
    connect(log_->view(), &LogView::artifact_changed, this, show_notes);
    connect(problems_, &QToolButton::clicked, this, &MainWindow::show_problems);
}

void MainWindow::show_analysis(const std::shared_ptr<const Analysis>& analysis) {
    const bool same_bundle = selection_.analysis() && selection_.analysis()->bundle_path == analysis->bundle_path;
    const std::string event = same_bundle && selection_.event() ? selection_.event()->id : std::string();
    path_ = opening_;
    start_->set_open(qs(analysis->bundle_name));
    pages_->setCurrentWidget(work_);
    setWindowTitle(qs(analysis->bundle_name) + QStringLiteral(" – Stallsight"));
    selection_.show(analysis);
    notes_.open(analysis, options_.analysis.case_file);
    for (QAction* command : bundle_commands_) command->setEnabled(true);
    show_tasks_tab();
    if (!event.empty()) selection_.pick_event(event);  // debug info was added: stay where one was
    share_room();
    if (tasks_->has_tasks() && analysis->events.empty())
        show_tasks_->trigger();  // no report to begin with
    else
        log_->view()->setFocus();
    update_recent(path_);
    update_status();
    emit ready();
}

// Every part gets what its content needs, within what the window has; from then on the splitters are the user's.
void MainWindow::share_room() {
    auto* columns = work_->findChild<QSplitter*>("columns");
    const int wide = width(), left = std::clamp(wide * 20 / 100, 215, 340),
              right = std::clamp(wide * 33 / 100, 360, 600);
    columns->setSizes({left, wide - left - right, right});
    columns->setStretchFactor(1, 1);
    const int high = std::max(300, middle_->height());
    const int timeline = std::min(timeline_->needed_height(), high * 55 / 100);
    middle_->setSizes({timeline, high - timeline});
    middle_->setStretchFactor(1, 1);
    const int tree = std::min(bundle_->needed_height(), high * 45 / 100);
    work_->findChild<QSplitter*>("left")->setSizes({tree, high - tree});
}

void MainWindow::update_status() {
    const AnalysisPtr& analysis = selection_.analysis();
    problems_->setVisible(analysis && !analysis->problems.empty());
    case_->setText(notes_.state());
    if (!analysis) return read_->setText(QStringLiteral("Nothing open · F1 shows the keys"));
    std::uint64_t lines = 0;
    for (const ArtifactInfo& info : analysis->artifacts) lines += info.scan.index.lines();
    read_->setText((analysis->problems.empty() ? QStringLiteral("✔ ") : QString()) +
                   QStringLiteral("%1 · %2 of logs · %3")
                       .arg(count(analysis->artifacts.size(), "file"), count(lines, "line"),
                            count(analysis->events.size(), "event")));
    std::set<std::string> unread;  // a file may have several problems
    for (const Error& problem : analysis->problems) unread.insert(problem.path);
    problems_->setText(QStringLiteral("⚠ %1 not wholly read").arg(count(unread.size(), "file")));
}

}  // namespace stallsight::gui
