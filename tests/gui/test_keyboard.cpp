// What can be reached without a mouse, and what is on offer while nothing is open.
#include <QAbstractItemView>
#include <QCompleter>

#include "app/gui/chain/chain_panel.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/search_field.h"
#include "app/gui/start_page.h"
#include "tests/gui/window_support.h"

using namespace stallsight::gui;

class TestKeyboard : public WindowTest {
    Q_OBJECT

private slots:
    void initTestCase() {
        apply_theme(*qApp, tested_appearance());
        copy_sample(folder_.filePath("bundle"));
    }
    void init() { window_ = opened_window(folder_.filePath("bundle")); }
    void cleanup() { window_.reset(); }

    void tab_goes_round_every_part_and_comes_back() {
        constexpr int most = 60;
        QStringList stops;
        auto* const start = QApplication::focusWidget();
        QVERIFY(start);
        do {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            stops << QApplication::focusWidget()->accessibleName();
        } while (QApplication::focusWidget() != start && stops.size() < most);
        for (const char* part : {"Open", "Export report", "Search", "Bundle", "Events", "Timeline", "Log", "Chain"})
            QVERIFY2(stops.contains(part), part);
        QCOMPARE(QApplication::focusWidget(), start);
    }

    void the_head_of_the_part_with_the_focus_says_so() {
        const QWidget* log_head = part<LogPanel>()->findChild<QWidget*>("panel-head");
        QVERIFY(log_head->property("keys").toBool());
        command("Go to the events")->trigger();
        QVERIFY(!log_head->property("keys").toBool());
    }

    void going_to_the_chain_brings_it_to_the_front() {
        command("Show Stack")->trigger();
        QVERIFY(!part<ChainPanel>()->isVisible());
        command("Go to the chain")->trigger();
        QVERIFY(part<ChainPanel>()->isVisible());
    }

    void without_a_bundle_only_what_can_be_done_is_offered() {
        MainWindow empty({{}, {}, false});
        for (const QAction* offered : empty.commands())
            if (offered->text().contains("xport") || offered->text().startsWith("Show S"))
                QVERIFY2(!offered->isEnabled(), qPrintable(offered->text()));
        auto* search = empty.findChild<SearchField*>();
        search->setText(">");
        const auto* entries = search->completer()->model();
        QStringList listed;
        for (int row = 0; row < entries->rowCount(); ++row) listed << entries->index(row, 0).data().toString();
        QVERIFY(listed.contains("> Quit   Ctrl+Q"));
        QVERIFY(listed.filter("xport").isEmpty());
    }

    void words_that_are_searched_for_complete_to_no_command() {
        auto* search = part<SearchField>();
        search->setFocus();
        QTest::keyClicks(search, "rc");
        QCOMPARE(search->completer()->model()->rowCount(), 0);
    }

    void what_was_open_can_be_gone_back_to() {
        QSignalSpy failed(window_.get(), &MainWindow::failed);
        window_->open(folder_.filePath("nothing-here"));
        QVERIFY(failed.wait(20000));
        QVERIFY(part<StartPage>()->isVisible());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QVERIFY(part<LogView>()->isVisible());
        QCOMPARE(QApplication::focusWidget(), part<LogView>());
    }

    // The start page has the focus, which goes to the bundle while the log is read: that picks nothing.
    void the_first_log_without_a_report_is_shown() {
        QFile file(folder_.filePath("quiet.log"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[    1.000000] all is well\n");
        file.close();
        window_ = opened_window(file.fileName());
        QVERIFY(part<LogView>()->artifact().has_value());
    }

    void escape_cancels_loading_and_shows_what_was_open() {
        window_->open(folder_.filePath("bundle"));
        QVERIFY(part<StartPage>()->isVisible());
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(part<LogView>()->isVisible());
    }

private:
    QAction* command(const QString& text) {
        for (QAction* found : window_->commands())
            if (found->text() == text) return found;
        return nullptr;
    }
};

QTEST_MAIN(TestKeyboard)
#include "test_keyboard.moc"
