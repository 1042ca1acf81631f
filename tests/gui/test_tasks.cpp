// The table of tasks, on a saved session of crash (tests/data/crash/session-variants.txt).
#include <QAction>
#include <QHeaderView>
#include <QTabWidget>

#include "app/gui/log/log_panel.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/stack/stack_panel.h"
#include "app/gui/tasks/tasks_panel.h"
#include "tests/gui/window_support.h"

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
