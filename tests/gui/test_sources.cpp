// Drives the source panel: what is missing, a path map that leads to the text, the marked line.
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>

#include "app/gui/main_window.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/source/source_paths_dialog.h"
#include "app/gui/theme.h"

using namespace stallsight;
using namespace stallsight::gui;

namespace {

// Its modules' debug info names the kernel's files below this folder, which is not here. Of nokia_rpmsg_notify()
// the bundle itself has the source.
const QString sample = QStringLiteral(STALLSIGHT_SOURCE_DIR "/sample-logs/rpmsg-mutex-before-x86_64");
const QString built_in = QStringLiteral("/usr/src/lab/linux-6.1.192");

// Where STALLSIGHT_SHOTS names a folder, a picture is left there, to be looked at.
void shoot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("STALLSIGHT_SHOTS");
    if (folder.isEmpty()) return;
    QTest::qWait(100);  // until all is laid out
    QVERIFY(widget.grab().save(folder + "/" + name + ".png"));
}

}  // namespace

class TestSources : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;

    SourcePanel* panel() { return window_->findChild<SourcePanel*>(); }
    QString text_of(int line) { return panel()->code()->document()->findBlockByNumber(line - 1).text(); }
    void pick(const std::string& function) {
        const EventInfo* event = window_->selection()->event();
        for (std::size_t i = 0; event && i < event->report.frames.size(); ++i)
            if (event->report.frames[i].function == function) return window_->selection()->pick_frame(i);
        QFAIL("no such frame");
    }

private slots:
    void initTestCase() {
        apply_theme(*qApp, Appearance::light);
        QVERIFY(QDir(folder_.path()).mkpath("drivers/virtio"));
        QFile source(folder_.filePath("drivers/virtio/virtio_ring.c"));
        QVERIFY(source.open(QIODevice::WriteOnly));
        for (int line = 1; line <= 2300; ++line) source.write("int line_" + QByteArray::number(line) + ";\n");
        WindowOptions options;
        options.remember = false;
        window_ = std::make_unique<MainWindow>(options);
        const QSignalSpy ready(window_.get(), &MainWindow::ready);
        window_->open(sample);
        window_->show();
        QTRY_VERIFY_WITH_TIMEOUT(ready.count() == 1, 30000);
        window_->findChild<QTabWidget*>("tabs")->setCurrentWidget(panel());
        for (const EventInfo& event : window_->selection()->analysis()->events)
            if (event.title.find("scheduling while atomic") != std::string::npos) {
                window_->selection()->pick_event(event.id);
                break;
            }
    }

    void a_source_of_the_bundle_is_shown() {
        pick("nokia_rpmsg_notify");
        QVERIFY(panel()->heading().contains("rpmsg_platform_driver.c:100"));
        QCOMPARE(panel()->code()->marked(), (std::pair{100, 100}));
        QVERIFY(text_of(100).contains("mutex_lock(&vp->notify_lock)"));
    }

    void what_is_not_at_hand_is_asked_for_by_name() {
        pick("virtqueue_notify");
        QVERIFY(panel()->heading().contains("virtio_ring.c:2259"));
        QSignalSpy wanted(panel(), &SourcePanel::source_wanted);
        QPushButton* button = nullptr;
        for (QPushButton* each : panel()->findChildren<QPushButton*>())
            if (each->isVisible()) button = each;
        QVERIFY(button);
        panel()->disconnect(SIGNAL(source_wanted(QString)), window_.get(), nullptr);
        button->click();
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().front().toString(), built_in + "/drivers/virtio/virtio_ring.c");
        shoot(*window_, "source-missing");
    }

    void a_path_map_leads_to_the_line() {
        SourceSearch sources;
        sources.moved.push_back({built_in.toStdString(), folder_.path().toStdString()});
        window_->set_sources(sources);
        QVERIFY(panel()->code()->isVisible());
        QCOMPARE(panel()->code()->marked(), (std::pair{2259, 2259}));
        QCOMPARE(text_of(2259), QStringLiteral("int line_2259;"));
        shoot(*window_, "source-mapped");
    }

    void the_dialog_edits_folders_and_maps() {
        SourceSearch sources;
        sources.folders = {"/home/me/linux"};
        SourcePathsDialog dialog(sources, "/build/linux-6.1/kernel/sched/core.c", nullptr);
        dialog.show();
        auto* paths = dialog.findChild<QPlainTextEdit*>("source_paths");
        QCOMPARE(paths->toPlainText(), QStringLiteral("/home/me/linux\n/build/linux-6.1/kernel/sched="));
        auto* said = dialog.findChild<QLabel*>("source_paths_said");
        QCOMPARE(said->text(), QStringLiteral("/build/linux-6.1/kernel/sched= is not FROM=TO"));
        shoot(dialog, "source-paths");
        paths->setPlainText("/build/linux-6.1=/home/me/linux\n\n  /home/me/modules \n");
        QVERIFY(said->text().isEmpty());
        QCOMPARE(dialog.sources().folders, std::vector<std::string>{"/home/me/modules"});
        QCOMPARE(dialog.sources().moved.size(), std::size_t{1});
        QCOMPARE(dialog.sources().moved[0].from, std::string("/build/linux-6.1"));
        QCOMPARE(dialog.sources().moved[0].to, std::string("/home/me/linux"));
    }

    void what_is_kept_is_read_again() {
        QString wrong;
        const QString text = "/build=/here\n/home/me/linux";
        const auto sources = read_source_paths(text, wrong);
        QVERIFY(sources);
        QCOMPARE(source_paths_text(*sources), text);
        QVERIFY(!read_source_paths("/fine\n=x", wrong));
        QCOMPARE(wrong, QStringLiteral("=x"));
    }
};

QTEST_MAIN(TestSources)
#include "test_sources.moc"
