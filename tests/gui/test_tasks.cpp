// The table of tasks, on a saved session of crash (tests/data/crash/session-variants.txt).
#include <QAction>
#include <QHeaderView>
#include <QTabWidget>
#include <QTextDocument>

#include "app/gui/chain/chain_panel.h"
#include "app/gui/fields/fields_panel.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/stack/stack_panel.h"
#include "app/gui/tasks/tasks_panel.h"
#include "tests/gui/window_support.h"
#include "tests/support/captured_dump.h"

using namespace stallsight;
using namespace stallsight::gui;

class TestTasks : public WindowTest {
    Q_OBJECT

private:
    TaskModel* model() { return part<TasksPanel>()->findChild<TaskModel*>(); }
    QTreeView* table() { return part<QTreeView>("tasks"); }
    QLineEdit* words() { return part<TasksPanel>()->findChild<QLineEdit*>(); }
    QCheckBox* box(const QString& text) {
        for (QCheckBox* box : part<TasksPanel>()->findChildren<QCheckBox*>())
            if (box->text() == text) return box;
        return nullptr;
    }
    QComboBox* choice(const QString& name) {
        for (QComboBox* box : part<TasksPanel>()->findChildren<QComboBox*>())
            if (box->accessibleName() == name) return box;
        return nullptr;
    }
    void choose(QComboBox* box, int number) {
        box->setCurrentIndex(number);
        emit box->activated(number);
    }
    QStringList column(int number) {
        QStringList all;
        for (int row = 0; row < model()->rowCount(); ++row) all << model()->index(row, number).data().toString();
        return all;
    }
    static bool says(const QWidget& panel, const QString& words) {
        for (QLabel* label : panel.findChildren<QLabel*>()) {
            QTextDocument text;
            text.setHtml(label->text());
            if (text.toPlainText().contains(words)) return true;
        }
        return false;
    }
    void command(const QString& text) {
        for (QAction* action : window_->commands())
            if (action->text() == text) return action->trigger();
        QFAIL(qPrintable("no command " + text));
    }
    void pick(const QString& pid) {
        const int row = static_cast<int>(column(TaskModel::pid).indexOf(pid));
        QVERIFY(row >= 0);
        table()->setCurrentIndex(model()->index(row, 0));
    }

private slots:
    void initTestCase() {
        apply_theme(*qApp, tested_appearance());
        QVERIFY(QFile::copy(STALLSIGHT_SOURCE_DIR "/tests/data/crash/session-variants.txt",
                            folder_.filePath("crash.txt")));
    }
    void init() {
        window_ = opened_window(folder_.filePath("crash.txt"));
        command("Show Tasks");
    }
    void cleanup() { window_.reset(); }

    void every_task_is_listed_with_what_the_session_says() {
        QCOMPARE(model()->rowCount(), 11);
        const int row = static_cast<int>(column(TaskModel::pid).indexOf("311"));
        const auto text = [&](int column) { return model()->index(row, column).data().toString(); };
        QCOMPARE(text(TaskModel::command), "hwa_cfg_waiter");
        QCOMPARE(text(TaskModel::state), "UN");
        QCOMPARE(text(TaskModel::cpu), "2");
        QCOMPARE(text(TaskModel::function), "hwa_commit_config");
        QCOMPARE(text(TaskModel::waits), "__mutex_lock");
        QCOMPARE(part<TasksPanel>()->note(), "11 tasks");
    }

    void words_find_names_pids_and_functions() {
        words()->setText("HWA_");
        QCOMPARE(column(TaskModel::pid), (QStringList{"308", "309", "310", "311", "312", "313"}));
        words()->setText("312");
        QCOMPARE(column(TaskModel::command), QStringList{"hwa_spin"});
        words()->setText("do_nanosleep");
        QCOMPARE(column(TaskModel::pid), (QStringList{"308", "309"}));
        QCOMPARE(part<TasksPanel>()->note(), "2 of 11 tasks");
    }

    void state_cpu_and_blocked_narrow_it() {
        box("Blocked")->setChecked(true);
        QCOMPARE(column(TaskModel::pid), (QStringList{"311", "313"}));
        choose(choice("CPU"), choice("CPU")->findText("CPU 3"));
        QCOMPARE(column(TaskModel::pid), QStringList{"313"});
        box("Blocked")->setChecked(false);
        choose(choice("State"), choice("State")->findData("IN"));
        QCOMPARE(column(TaskModel::pid), QStringList{"310"});
    }

    void tasks_with_one_stack_stand_together() {
        box("By stack")->setChecked(true);
        QCOMPARE(model()->index(0, TaskModel::pid).data().toString(), "2 tasks");
        QCOMPARE(model()->index(0, TaskModel::command).data().toString(), "clock_hwa_app");
        QCOMPARE(model()->rowCount(model()->index(0, 0)), 2);
        QCOMPARE(model()->rowCount(), 10);
        table()->setCurrentIndex(model()->index(0, 0));
        QCOMPARE(window_->selection()->task()->task.pid, std::optional(308));
    }

    void every_column_is_in_sight_in_a_small_window() {
        window_->resize(1100, 700);
        QCoreApplication::processEvents();
        const QHeaderView* header = table()->header();
        const int last = header->sectionViewportPosition(TaskModel::waits);
        QVERIFY2(last + 60 <= table()->viewport()->width(), qPrintable(QString::number(last)));
        shoot(*window_, "tasks");
    }

    void columns_sort_by_number() {
        table()->sortByColumn(TaskModel::pid, Qt::DescendingOrder);
        QCOMPARE(column(TaskModel::pid).first(), "313");
        table()->sortByColumn(TaskModel::pid, Qt::AscendingOrder);
        QCOMPARE(column(TaskModel::pid).value(4), "17");
    }

    void picking_a_task_shows_its_stack_and_source() {
        pick("311");
        auto* stack = part<StackPanel>();
        QVERIFY(stack->isVisible());
        QVERIFY(stack->model()->index(0, 0).data().toString().startsWith("hwa_cfg_waiter"));
        QCOMPARE(stack->model()->rowCount(), 9);
        QVERIFY(stack->currentIndex().data().toString().startsWith("hwa_commit_config"));
        emit stack->source_wanted();
        bool said = false;
        for (QLabel* label : part<SourcePanel>()->findChildren<QLabel*>())
            said |= label->text().contains("hwa_diag.c:102");
        QVERIFY(said);
    }

    void of_a_task_that_did_not_run_that_is_said() {
        auto* panel = part<ChainPanel>();
        pick("311");
        QCOMPARE(panel->model()->rowCount(), 0);
        QVERIFY(says(*panel, "hwa_cfg_waiter (pid 311)"));
        QVERIFY(says(*panel, "it did not run when the kernel was stopped"));
    }

    void the_chain_of_a_running_task_is_shown() {
        const std::filesystem::path dump = captured_dumps / captured_dump_names[1];
        if (!std::filesystem::exists(dump)) QSKIP("the captures are not here");
        AnalysisOptions options;
        options.debug_dirs = {(captured_dumps / "../build").string()};
        const auto window = opened_window(QString::fromStdString(dump.string()), {1100, 700}, options);
        const std::string event = window->selection()->event()->id;
        auto* panel = window->findChild<ChainPanel*>();
        const ChainModel* chain = panel->model();
        const auto functions = [&] {
            QStringList all;
            for (int i = 0; i < chain->rowCount(); ++i)
                if (chain->row(i).kind == ChainRow::Kind::frame) all << chain->row(i).text;
            return all;
        };
        const QStringList of_event = functions();
        QVERIFY(of_event.contains("nokia_rpmsg_notify"));

        QVERIFY(window->selection()->pick_pid(312));
        QVERIFY(functions().contains("hwa_spin_thread"));
        QVERIFY(!functions().contains("nokia_rpmsg_notify"));
        QVERIFY(says(*panel, "preempt_count 0x00000001 = preemption off once, in the dump's memory"));
        QVERIFY(says(*panel, "waits in synchronize_rcu behind it"));
        shoot(*window, "chain-of-task");

        const QAbstractItemModel* fields = window->findChild<FieldsPanel*>()->model();
        const auto field = [&](const char* name) {
            const auto found =
                fields->match(fields->index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly | Qt::MatchRecursive);
            return found.isEmpty() ? QString() : found.first().siblingAtColumn(1).data().toString();
        };
        QCOMPARE(field("parent"), "2");
        QCOMPARE(field("preempt_count"), "0x00000001");
        QCOMPARE(field("rip"), "0xffffffffbce35add");  // monitor.txt

        QVERIFY(window->selection()->pick_pid(310));
        QCOMPARE(field("command"), "hwa_cfg_holder");
        QCOMPARE(chain->rowCount(), 0);
        QVERIFY(says(*panel, "for hwa_cfg_mutex, held by hwa_cfg_holder (pid 310)"));

        window->selection()->pick_event(event);
        QCOMPARE(functions(), of_event);
    }

    void an_event_brings_its_own_stack_back() {
        pick("311");
        QVERIFY(window_->selection()->task());
        const std::string event = window_->selection()->analysis()->events.front().id;
        window_->selection()->pick_event(event);
        QVERIFY(!window_->selection()->task());
        QVERIFY(part<LogPanel>()->isVisible());
        QVERIFY(!part<StackPanel>()->model()->index(0, 0).data().toString().startsWith("hwa_cfg_waiter"));
    }

    void a_line_of_a_stack_picks_its_task() {
        const auto& tasks = window_->selection()->analysis()->crashes.front().state.tasks;
        for (const KernelTask& task : tasks) {
            if (task.frames.empty()) continue;
            window_->selection()->pick_line(0, task.frames.back().line);
            QCOMPARE(window_->selection()->task(), &task);
            QCOMPARE(window_->selection()->frame(), std::optional(task.frames.size() - 1));
        }
    }

    void it_works_from_the_keyboard() {
        words()->setFocus();
        QTest::keyClicks(words(), "waiter");
        QTest::keyClick(words(), Qt::Key_Down);
        QCOMPARE(window_->selection()->task()->task.pid, std::optional(311));
        QVERIFY(table()->hasFocus());
    }

    // vmcore-spin-9.0.2.txt: a session without the log, as script(1) saved it.
    void where_no_report_is_the_tasks_come_first() {
        QSignalSpy ready(window_.get(), &MainWindow::ready);
        window_->open(STALLSIGHT_SOURCE_DIR "/tests/data/crash/vmcore-spin-9.0.2.txt");
        QVERIFY(ready.wait(20000));
        QCOMPARE(model()->rowCount(), 54);
        QVERIFY(part<TasksPanel>()->isVisible());
        QVERIFY(table()->hasFocus());
    }

    void a_bundle_without_tasks_has_no_table() {
        QFile log(folder_.filePath("plain.log"));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write("[    1.000000] usb 1-1: new device\n");
        log.close();
        QSignalSpy ready(window_.get(), &MainWindow::ready);
        window_->open(log.fileName());
        QVERIFY(ready.wait(20000));
        QCOMPARE(part<QTabWidget>("lower")->count(), 1);
        QVERIFY(part<LogPanel>()->isVisible());
    }
};

QTEST_MAIN(TestTasks)
#include "test_tasks.moc"
