// Drives the real window on the sample: what every panel shows, and that all of them follow one selection.
#include <QProcess>
#include <QScrollBar>
#include <QTextBlock>

#include "app/gui/answer/answer_bar.h"
#include "app/gui/answer/evidence.h"
#include "app/gui/bundle_tree/bundle_panel.h"
#include "app/gui/chain/chain_panel.h"
#include "app/gui/events/events_panel.h"
#include "app/gui/fields/fields_panel.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/notes/notes_panel.h"
#include "app/gui/patch/patch_panel.h"
#include "app/gui/search_field.h"
#include "app/gui/shortcut_sheet.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/stack/stack_panel.h"
#include "app/gui/start_page.h"
#include "app/gui/timeline/timeline_panel.h"
#include "app/gui/words.h"
#include "tests/gui/window_support.h"

using namespace stallsight;
using namespace stallsight::gui;

namespace {

const QString sample = QStringLiteral(STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby");

// Every row of a tree, with what stands behind its title, indented by its depth.
QStringList outline(const QAbstractItemModel& model, const QModelIndex& parent = {}, int depth = 0) {
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        const QStringList words{index.data().toString(), index.data(RowModel::suffix_role).toString(),
                                index.data(RowModel::pills_role).toStringList().join(", ")};
        lines << QString(depth * 2, ' ') + words.join(' ').simplified();
        lines << outline(model, index, depth + 1);
    }
    return lines;
}

QStringList titles(const QAbstractItemModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row) all << model.index(row, 0).data().toString();
    return all;
}

}  // namespace

class TestWindow : public WindowTest {
    Q_OBJECT

private:
    std::string case_path() const { return folder_.filePath("bundle.stallsight.json").toStdString(); }
    const EventInfo* event_of(EventKind kind) {
        for (const EventInfo& event : window_->selection()->analysis()->events)
            if (event.report.kind == kind) return &event;
        return nullptr;
    }
    Note note_on_line_35(const std::string& text) {
        Note note;
        note.target = line_target(*window_->selection()->analysis(), "nt-a/core-0/kern.log", 35).value();
        note.text = text;
        note.id = window_->notes()->add(note);
        return note;
    }
    void open_sample() {
        window_ = opened_window(folder_.filePath("bundle"));
        window_->selection()->pick_event(event_of(EventKind::atomic_sleep)->id);
        QCoreApplication::processEvents();
    }

private slots:
    void initTestCase() {
        apply_theme(*qApp, tested_appearance());
        copy_sample(folder_.filePath("bundle"));
    }
    void init() { open_sample(); }
    void cleanup() {
        window_.reset();
        QDir(folder_.path()).remove("bundle.stallsight.json");
    }

    void the_answer_names_who_where_and_since_when() {
        const QString answer = part<AnswerBar>()->plain_text();
        for (const char* name : {"clock_hwa_app", "5079", "mutex_lock", "__dev_queue_xmit", "nokia_rpmsg_notify",
                                 "rpmsg_platform_driver"})
            QVERIFY2(answer.contains(name), qPrintable(answer));
    }

    void the_log_has_the_focus() { QCOMPARE(QApplication::focusWidget(), part<LogView>()); }

    void the_bundle_stands_there_by_board_and_core() {
        const QStringList rows = outline(*part<BundlePanel>()->findChild<RowModel*>());
        QCOMPARE(rows.value(0), "nt-a active");
        QVERIFY2(rows.value(1).startsWith("  core-0 5.4.72"), qPrintable(rows.join('\n')));
        QCOMPARE(rows.value(2), QStringLiteral("    kern.log 2 events · 3 samples"));
        QVERIFY(rows.contains("nt-b cold standby"));
        QVERIFY(rows.contains("    dmesg.txt 1 event"));
        QVERIFY(rows.filter("HZ 1000").size() == 1);
        QVERIFY(rows.contains("  rpmsg_platform_driver.diff on the chain"));
        QVERIFY(!rows.filter("without debug info").isEmpty());
    }

    void events_are_grouped_by_incident() {
        const QStringList rows = outline(*part<EventsPanel>()->findChild<RowModel*>());
        QCOMPARE(rows.value(0), "scheduling while atomic");
        QCOMPARE(rows.value(1), "  warning: preempt_count_sub follows, incomplete");
        QCOMPARE(rows.value(2), "RCU stall open at end of log");
        QVERIFY2(rows.value(3).startsWith("rcutorture: no failure, 6"), qPrintable(rows.value(3)));
        QCOMPARE(part<EventsPanel>()->note(), "3 in 2 incidents");
    }

    void the_timeline_has_a_lane_a_cpu_and_a_bar_a_stall() {
        const auto& items = part<TimelinePanel>()->plot()->items();
        QCOMPARE(items.size(), std::size_t{2});
        const CoreLanes &a = items[0]->lanes(), &b = items[1]->lanes();
        QCOMPARE(a.title, QStringLiteral("nt-a ▸ core-0"));
        QCOMPARE(a.cpus, (std::vector<int>{1, 5}));
        QCOMPARE(a.marks.size(), std::size_t{2});
        QCOMPARE(a.marks[1].caused_by, a.marks[0].event);
        QCOMPARE(a.curve.size(), std::size_t{3});
        QVERIFY(std::abs(a.curve.back().rate - 60) < 2);
        std::set<int> stalled;
        for (const LaneBar& bar : b.bars)
            if (bar.kind == LaneBar::Kind::stall) {
                stalled.insert(b.cpus[static_cast<std::size_t>(bar.lane)]);
                QVERIFY(bar.open);
                QVERIFY(std::abs(bar.start - 173.39) < 0.05);
                QVERIFY(bar.text.contains("4 h 14 min 28 s"));
            }
        QCOMPARE(stalled, (std::set<int>{3, 5}));
        QVERIFY(b.basis.contains("HZ 1000"));
    }

    void a_click_on_a_bar_picks_its_event() {
        TimelinePlot* plot = part<TimelinePanel>()->plot();
        const LanesItem* item = plot->items()[1];
        const auto bar = std::find_if(item->lanes().bars.begin(), item->lanes().bars.end(),
                                      [](const LaneBar& b) { return b.kind == LaneBar::Kind::stall; });
        const QPointF at(item->rect()->axis(QCPAxis::atTop)->coordToPixel((bar->start + bar->end) / 2),
                         item->rect()->axis(QCPAxis::atLeft)->coordToPixel(bar->lane + 0.5));
        QTest::mouseClick(plot, Qt::LeftButton, {}, at.toPoint());
        QCOMPARE(window_->selection()->event()->report.kind, EventKind::rcu_stall);
        const auto artifact = part<LogView>()->artifact();
        QCOMPARE(window_->selection()->analysis()->artifacts[*artifact].artifact.path,
                 std::string("nt-b/core-0/dmesg.txt"));
    }

    void a_marked_time_filters_events_and_log() {
        Selection* selection = window_->selection();
        const QAbstractItemModel* list = window_->findChild<RowView*>("event-list")->model();
        const int all = list->rowCount();
        selection->pick_event("e1");
        selection->pick_range({"nt-a", "core-0", 50494.0, 50494.3});
        QCOMPARE(list->rowCount(), 1);  // the sleep; its warning comes later, nt-b has another clock
        QVERIFY(part<LogView>()->first_line() >= 20);
        selection->clear_range();
        QCOMPARE(list->rowCount(), all);
        selection->pick_event("e1");
    }

    void the_log_shows_lines_with_clock_cpu_and_remark() {
        const QString line = part<LogView>()->line_as_text(35);
        QCOMPARE(line, QStringLiteral(
                           "35\tCPU 1\t50494.378082\t[...] .nokia_rpmsg_notify+0x28/0xb8 [rpmsg_platform_driver]\t"
                           "✎ plt drv: rpmsg notify ctx"));
        QVERIFY(part<LogView>()->first_line() <= 22);
        QVERIFY(part<LogPanel>()->note().startsWith("nt-a/core-0/kern.log"));
    }

    void the_chain_reads_downwards() {
        const ChainModel* model = part<ChainPanel>()->model();
        const QStringList expected{"__dev_queue_xmit",
                                   "qdisc_run.part.99",
                                   "__qdisc_run",
                                   "sch_direct_xmit",
                                   "dev_hard_start_xmit",
                                   "netdev_start_xmit",
                                   "rpmsg_ether_xmit [rpmsg_ifc]",
                                   "rpmsg_trysendto",
                                   "rpmsg_send_offchannel_raw",
                                   "virtqueue_notify",
                                   "nokia_rpmsg_notify [rpmsg_platform_driver]",
                                   "mutex_lock"};
        QStringList shown;
        for (int i = 0; i < model->rowCount(); ++i)
            if (model->row(i).kind == ChainRow::Kind::frame && model->row(i).role != Link::Role::outside)
                shown << titles(*model)[i];
        QCOMPARE(shown, expected);
        const ChainRow& guilty = model->row(model->index_of_frame(*window_->selection()->frame()).row());
        QCOMPARE(guilty.text, "nokia_rpmsg_notify");
        QCOMPARE(guilty.role, Link::Role::guilty);
        QVERIFY(guilty.patched);
        QCOMPARE(guilty.bands.size(), std::size_t{3});
        QVERIFY(part<QLabel>("advice")->text().contains("spin"));
    }

    void a_folded_run_opens() {
        auto* model = const_cast<ChainModel*>(part<ChainPanel>()->model());
        const int before = model->rowCount();
        QVERIFY(model->row(1).kind == ChainRow::Kind::fold);
        model->toggle_fold(model->index(1));
        QVERIFY(model->rowCount() > before);
        model->toggle_fold(model->index(1));
        QCOMPARE(model->rowCount(), before);
    }

    void the_stack_has_every_frame() {
        const auto* model = part<StackPanel>()->findChild<StackModel*>();
        int frames = 0;
        for (int i = 0; i < model->rowCount(); ++i) frames += model->row(i).kind == StackRow::Kind::frame;
        QCOMPARE(frames, 26);
    }

    void a_frame_picked_in_the_stack_moves_the_chain_and_the_log() {
        auto* stack = part<StackPanel>();
        const auto* model = stack->findChild<StackModel*>();
        int row = 0;
        while (model->row(row).text != "rpmsg_ether_xmit") ++row;
        stack->setCurrentIndex(model->index(row, 0));
        QCOMPARE(window_->selection()->line(), std::uint64_t{39});
        auto* chain = part<QListView>("chain");
        QVERIFY(chain->currentIndex().data().toString().startsWith("rpmsg_ether_xmit"));
    }

    void the_source_says_what_is_missing() {
        part<QTabWidget>("tabs")->setCurrentWidget(part<SourcePanel>());
        QVERIFY(part<SourcePanel>()->isVisible());
        QVERIFY(part<SourcePanel>()->heading().contains("nokia_rpmsg_notify"));
    }

    void the_patch_marks_the_hunk_on_the_chain() {
        CodeView* code = part<PatchPanel>()->code();
        const auto [first, last] = code->marked();
        QVERIFY(first > 0 && last > first);
        QString hunk;
        for (int line = first; line <= last; ++line)
            hunk += code->document()->findBlockByNumber(line - 1).text() + '\n';
        QVERIFY2(hunk.contains("+\tspin_lock(&rpvq->rpdev->spin_lock);"), qPrintable(hunk));
    }

    void the_fields_say_it_in_words() {
        const QAbstractItemModel* model = part<FieldsPanel>()->model();
        const auto found =
            model->match(model->index(0, 0), Qt::DisplayRole, "preempt_count", 1, Qt::MatchRecursive);
        QVERIFY(!found.isEmpty());
        QCOMPARE(found.front().siblingAtColumn(1).data().toString(), "0x00000203");
    }

    void a_note_reaches_the_log_and_the_case_file() {
        window_->selection()->pick_line(*window_->selection()->artifact(), 35);
        auto* notes = part<NotesPanel>();
        auto* editor = notes->findChild<QPlainTextEdit*>("editor");
        const auto own = [&] { return titles(*part<QListView>("notes")->model()).filter("mutex!"); };
        part<QTabWidget>("tabs")->setCurrentWidget(notes);
        editor->setFocus();
        QTest::keyClicks(editor, "this is ");
        QCOMPARE(load_case(case_path()).value().notes.front().text, "this is");  // after each word
        QTest::keyClicks(editor, "the mutex!");
        QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(own(), QStringList{"this is the mutex!"});
        QVERIFY(part<LogView>()->line_as_text(35).endsWith("this is the mutex!"));
        open_sample();
        QCOMPARE(own(), QStringList{"this is the mutex!"});
    }

    void a_change_of_a_note_is_undone_and_done_again() {
        NoteStore* store = window_->notes();
        Note note = note_on_line_35("this is the mutex!");
        note.text = "another text";
        note.colour = "red";
        note.tags = {"rpmsg"};
        QVERIFY(store->edit(note));
        QVERIFY(part<LogView>()->line_as_text(35).endsWith(QStringLiteral("another text · #rpmsg")));
        store->undo();
        QCOMPARE(load_case(case_path()).value().notes.front().text, "this is the mutex!");
        QVERIFY(store->can_redo());
        store->redo();
        QCOMPARE(load_case(case_path()).value().notes.front().colour, "red");
    }

    void remarks_of_the_log_are_among_the_notes() {
        const QModelIndex first = part<QListView>("notes")->model()->index(0, 0);
        QVERIFY(first.data(NotesModel::place_role).toString().contains("remark in the log"));
    }

    void what_another_window_writes_is_shown() {
        Note note = note_on_line_35("of this window");
        CaseFile other = load_case(case_path()).value();
        note.id.clear();
        note.text = "of another window";
        Change change{std::nullopt, note};
        QVERIFY(apply(other, change));
        QTRY_VERIFY(titles(*part<QListView>("notes")->model()).join('\n').contains("of another window"));
    }

    void a_decision_makes_another_analysis() {
        window_->selection()->pick_event(event_of(EventKind::atomic_sleep)->id);
        const EventInfo* event = window_->selection()->event();
        std::size_t frame = 0;
        while (event->report.frames[frame].function != "virtqueue_notify") ++frame;
        window_->selection()->pick_frame(frame);
        auto* notes = part<NotesPanel>();
        auto* target = notes->findChild<QComboBox*>("target");
        const int row = target->findText("The frame virtqueue_notify");
        QVERIFY(row >= 0);
        target->setCurrentIndex(row);
        emit target->activated(row);
        auto* decision = notes->findChild<QCheckBox*>("decision");
        QVERIFY(decision->isVisibleTo(notes));
        QSignalSpy ready(window_.get(), &MainWindow::ready);
        decision->click();
        QVERIFY(ready.wait(20000));
        QCOMPARE(event_of(EventKind::atomic_sleep)->guilty.function, "virtqueue_notify");
        QSignalSpy again(window_.get(), &MainWindow::ready);
        window_->notes()->undo();
        QVERIFY(again.wait(20000));
        QCOMPARE(event_of(EventKind::atomic_sleep)->guilty.function, "nokia_rpmsg_notify");
    }

    void search_finds_in_this_file_and_the_others() {
        auto* log = part<LogPanel>();
        QSignalSpy found(log, &LogPanel::found);
        log->find("nokia_rpmsg", true, false);
        QTRY_COMPARE(found.last().first().toString(), "kern.log:35");
        log->find("swapper/5", true, true);
        QTRY_COMPARE(found.last().first().toString(), "dmesg.txt:10");
        log->find("no such words", true, true);
        QTRY_COMPARE(found.last().first().toString(), "not found");
    }

    void keys_step_through_the_events() {
        QTest::keyClick(part<LogView>(), Qt::Key_N);
        QVERIFY(window_->selection()->event()->report.kind != EventKind::atomic_sleep ||
                window_->selection()->event()->id != "e1");
    }

    void every_command_with_a_key_stands_in_the_sheet() {
        QTest::keyClick(window_.get(), Qt::Key_F1);
        auto* sheet = part<ShortcutSheet>();
        QVERIFY(sheet);
        QString words;
        for (const QLabel* label : sheet->findChildren<QLabel*>()) words += label->text() + '\n';
        for (const QAction* command : window_->commands())
            if (!command->shortcut().isEmpty())
                QVERIFY2(words.contains(command->text().toHtmlEscaped()), qPrintable(command->text()));
        shoot(*sheet, "keys");
    }

    void the_evidence_goes_where_it_points() {
        part<AnswerBar>()->show_evidence();
        auto* steps = part<Evidence>()->findChild<QListWidget*>();
        QVERIFY(steps->count() > 4);
        shoot(*part<Evidence>(), "evidence");
        int row = 0;
        while (row < steps->count() && !steps->item(row)->toolTip().contains(":25")) ++row;
        QVERIFY2(row < steps->count(), "a step names the line of the place where preemption was disabled");
        emit steps->itemClicked(steps->item(row));
        QCOMPARE(window_->selection()->line(), std::uint64_t{25});
    }

    void what_cannot_be_read_is_said_in_the_window() {
        QSignalSpy failed(window_.get(), &MainWindow::failed);
        window_->open(folder_.filePath("nothing-here"));
        QVERIFY(failed.wait(10000));
        QVERIFY(part<StartPage>()->message().contains("nothing-here"));
    }

    void a_later_open_wins_over_an_earlier_one() {
        QSignalSpy ready(window_.get(), &MainWindow::ready);
        window_->open(folder_.filePath("bundle/nt-b"));
        window_->open(folder_.filePath("bundle/nt-a"));
        QVERIFY(ready.wait(20000));
        QTest::qWait(300);
        QCOMPARE(ready.size(), 1);
        QCOMPARE(window_->selection()->analysis()->bundle_name, std::string("nt-a"));
    }

    void a_picture_is_taken_and_a_missing_bundle_is_status_3() {
        const QString program = QStringLiteral(STALLSIGHT_BIN_DIR "/stallsight-window"),
                      picture = folder_.filePath("window.png");
        QCOMPARE(QProcess::execute(program, {"--dark", "--size", "1100x700", "--screenshot", picture, sample}), 0);
        QCOMPARE(QImage(picture).size(), QSize(1100, 700));
        QProcess missing;
        missing.start(program, {"--screenshot", picture, folder_.filePath("nothing-here")});
        QVERIFY(missing.waitForFinished(20000));
        QCOMPARE(missing.exitCode(), 3);
        QVERIFY(missing.readAllStandardError().contains("nothing-here"));
    }
};

QTEST_MAIN(TestWindow)
#include "test_window.moc"
