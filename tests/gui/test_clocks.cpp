// Setting the cores' clocks against each other in the window: kept in the case, undone and done again.

#include "app/gui/log/log_view.h"
#include "app/gui/timeline/timeline_panel.h"
#include "tests/gui/window_support.h"

using namespace stallsight;
using namespace stallsight::gui;

class TestClocks : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        apply_theme(*qApp, tested_appearance());
        copy_sample(bundle());
    }
    void init() { window_ = opened_window(bundle(), {1600, 1000}); }
    void cleanup() {
        window_.reset();
        QFile::remove(bundle() + ".stallsight.json");
    }

    void a_core_that_is_dragged_by_its_name_is_set_against_the_first() {
        const QPoint from = name_of(1);
        QTest::mousePress(plot(), Qt::LeftButton, {}, from);
        move_to(from + QPoint(100, 0));
        const QCPRange there = time_of(0), here = time_of(1);
        QVERIFY(std::abs(there.size() - here.size()) < 1e-6);  // one scale
        shoot(*window_, "clock-dragged");
        QTest::mouseRelease(plot(), Qt::LeftButton, {}, from + QPoint(100, 0));
        settle();
        const ClockOffset* offset = offset_of_b();
        QVERIFY(offset);
        QVERIFY(std::abs(offset->offset_s - (there.lower - here.lower)) < 1e-6);
        QVERIFY(offset->error_s > 0 && offset->error_s < 1);
        QVERIFY(offset->basis.starts_with("set by hand"));
        QVERIFY(plot()->items()[1]->lanes().basis.contains(QStringLiteral("±")));
    }

    void it_is_undone_and_done_again() {
        drag(1, 50);
        QVERIFY(offset_of_b());
        window_->notes()->undo();
        settle();
        QVERIFY(!offset_of_b());
        window_->notes()->redo();
        settle();
        QVERIFY(offset_of_b());
    }

    void dragged_again_it_is_one_clock_still() {
        drag(1, 50);
        const double first = offset_of_b()->offset_s;
        drag(1, -20);
        QVERIFY(offset_of_b()->offset_s != first);
        QCOMPARE(window_->notes()->file().notes.size(), std::size_t{1});
    }

    void the_first_core_is_not_dragged_and_a_click_sets_nothing() {
        drag(0, 100);
        QVERIFY(!offset_of_b());
        const QCPRange before = time_of(1);
        QTest::mouseClick(plot(), Qt::LeftButton, {}, name_of(1));
        QVERIFY(!offset_of_b());
        QCOMPARE(time_of(1), before);
    }

    void two_lines_are_named_as_one_moment() {
        Selection* selection = window_->selection();
        QVERIFY(selection->pick_place("nt-a/core-0/kern.log:22"));
        name_moment();
        QVERIFY(selection->pick_place("nt-b/core-0/dmesg.txt:1"));
        name_moment();
        settle();
        const ClockOffset* offset = offset_of_b();
        QVERIFY(offset);
        QVERIFY(offset->basis.find("nt-a/core-0/kern.log:22=nt-b/core-0/dmesg.txt:1") != std::string::npos);
    }

    void a_range_on_one_board_is_the_same_moment_on_the_other() {
        Selection* selection = window_->selection();
        const auto in_range = [&](const char* id) {
            return selection->in_range(*selection->analysis()->event(id));
        };
        selection->pick_range({"nt-a", "core-0", 50494.0, 50494.3});
        QVERIFY(in_range("e1") && !in_range("e3"));  // when that was on nt-b, nothing tells
        QVERIFY(selection->pick_place("nt-a/core-0/kern.log:22"));
        name_moment();
        QVERIFY(selection->pick_place("nt-b/core-0/dmesg.txt:1"));
        name_moment();
        settle();
        selection->pick_range({"nt-a", "core-0", 50494.0, 50494.3});
        QVERIFY(in_range("e1") && in_range("e3") && !in_range("e2"));
        selection->pick_range({"nt-b", "core-0", 15441.5, 15441.7});
        QVERIFY(in_range("e1") && in_range("e3") && !in_range("e2"));
        selection->pick_range({"nt-b", "core-0", 15442.0, 15443.0});
        QVERIFY(!in_range("e1") && !in_range("e3"));
    }

    void aligned_boards_show_the_same_moments_from_the_beginning() {
        drag(1, 50);
        const double offset = offset_of_b()->offset_s;
        QVERIFY(std::abs(time_of(0).lower - time_of(1).lower - offset) < 1e-6);
        QVERIFY(std::abs(time_of(0).upper - time_of(1).upper - offset) < 1e-6);
        const LanesItem& b = *plot()->items()[1];
        const QString tip = b.hit(QPointF(b.rect()->left() + 5, b.rect()->bottom() + 8)).tip;
        QVERIFY(tip.contains("HZ 1000") && tip.contains("set by hand"));
    }

private:
    [[nodiscard]] QString bundle() const { return folder_.filePath("bundle"); }
    [[nodiscard]] TimelinePlot* plot() const { return window_->findChild<TimelinePanel*>()->plot(); }
    [[nodiscard]] QCPRange time_of(std::size_t core) const {
        return plot()->items()[core]->rect()->axis(QCPAxis::atTop)->range();
    }
    [[nodiscard]] QPoint name_of(std::size_t core) const {
        return {20, plot()->items()[core]->rect()->center().y()};
    }
    [[nodiscard]] const ClockOffset* offset_of_b() const {
        return window_->selection()->analysis()->offset_of("nt-b", "core-0");
    }
    void settle() const {
        QSignalSpy ready(window_.get(), &MainWindow::ready);
        ready.wait(20000);
    }
    void move_to(const QPoint& at) const {
        QMouseEvent move(QEvent::MouseMove, at, plot()->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(plot(), &move);
    }
    void drag(std::size_t core, int by) const {
        const QPoint from = name_of(core), to = from + QPoint(by, 0);
        const bool before = offset_of_b();
        QTest::mousePress(plot(), Qt::LeftButton, {}, from);
        move_to(to);
        QTest::mouseRelease(plot(), Qt::LeftButton, {}, to);
        if (core > 0 || before) settle();
    }
    void name_moment() const {
        for (QAction* command : window_->commands())
            if (command->shortcut() == QKeySequence("T")) command->trigger();
    }

    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestClocks)
#include "test_clocks.moc"
