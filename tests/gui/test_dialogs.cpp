// Drives the compare and the report dialog on the samples.

#include "app/gui/compare/compare_dialog.h"
#include "app/gui/report/report_dialog.h"
#include "tests/gui/window_support.h"

using namespace stallsight;
using namespace stallsight::gui;

namespace {

const QString samples = QStringLiteral(STALLSIGHT_SOURCE_DIR "/sample-logs/");

AnalysisPtr read(const QString& name) {
    return std::make_shared<const Analysis>(analyse((samples + name).toStdString()).value());
}

bool written_by(ReportDialog& dialog, const QString& path) {
    QSignalSpy written(&dialog, &ReportDialog::written);
    dialog.write(path);
    return written.wait(20000) && written.front().front().toBool();
}

}  // namespace

class TestDialogs : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { apply_theme(*qApp, tested_appearance()); }

    void a_comparison_gives_verdicts_with_their_figures() {
        CompareDialog dialog(read("rpmsg-mutex-before-x86_64"), samples + "rpmsg-spinlock-after-x86_64", {},
                             nullptr);
        dialog.show();
        auto* table = dialog.findChild<QTreeWidget*>("comparison");
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), 20000);
        QCOMPARE(table->topLevelItemCount(), 10);
        for (int i = 0; i < 9; ++i) QCOMPARE(table->topLevelItem(i)->text(3), QStringLiteral("✔ cured"));
        QVERIFY(table->topLevelItem(9)->text(0).startsWith("rcutorture: grace periods"));
        QCOMPARE(table->topLevelItem(9)->text(3), QStringLiteral("= no difference shown"));
        QTreeWidgetItem* slept = table->topLevelItem(0);
        QVERIFY(slept->text(0).contains("nokia_rpmsg_notify [rpmsg_platform_driver]"));
        QVERIFY(slept->child(0)->text(0).contains("at the old rate"));
        QVERIFY(slept->child(1)->text(0).contains("runs through patched nokia_rpmsg_notify()"));
        QVERIFY(dialog.findChild<QLabel*>("verdict")->text().contains("9 cured and nothing new"));
        shoot(dialog, "compare");
    }

    void a_series_of_builds_has_a_column_each() {
        CompareDialog dialog(read("rpmsg-mutex-before-x86_64"), samples + "rpmsg-mutex-before-x86_64", {}, nullptr);
        dialog.show();
        auto* table = dialog.findChild<QTreeWidget*>("comparison");
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), 20000);
        QCOMPARE(table->columnCount(), 4);
        QCOMPARE(table->topLevelItem(0)->text(3), QStringLiteral("= unchanged"));
        dialog.add_run(samples + "rpmsg-spinlock-after-x86_64");
        QTRY_COMPARE_WITH_TIMEOUT(table->columnCount(), 5, 20000);
        QVERIFY(table->headerItem()->text(2).startsWith("Then: rpmsg-mutex-before"));
        QVERIFY(table->headerItem()->text(3).startsWith("After: rpmsg-spinlock-after"));
        QCOMPARE(table->topLevelItem(0)->text(1), table->topLevelItem(0)->text(2));
        QCOMPARE(table->topLevelItem(0)->text(4), QStringLiteral("✔ cured"));
        shoot(dialog, "compare-series");
    }

    void a_run_that_cannot_be_read_is_said() {
        CompareDialog dialog(read("fant-h-cold-standby"), "/no/such/bundle", {}, nullptr);
        dialog.show();
        QTRY_VERIFY(dialog.findChild<QLabel*>("verdict")->text().contains("Could not be read"));
    }

    void the_preview_follows_sections_and_redaction() {
        ReportDialog dialog(read("fant-h-cold-standby"), {}, {}, nullptr);
        dialog.show();
        auto* preview = dialog.findChild<QTextBrowser*>("preview");
        QVERIFY(preview->toPlainText().contains("clock_hwa_app"));
        QVERIFY(preview->toPlainText().contains("SHA-256"));
        shoot(dialog, "report");
        auto* sections = dialog.findChild<QListWidget*>("sections");
        for (int i = 0; i < sections->count(); ++i)
            if (sections->item(i)->data(Qt::UserRole) == "evidence")
                sections->item(i)->setCheckState(Qt::Unchecked);
        QVERIFY(!preview->toPlainText().contains("SHA-256"));
        dialog.findChild<QLineEdit*>("words")->setText("clock_hwa");
        QVERIFY(!preview->toPlainText().contains("clock_hwa"));
        QVERIFY(preview->toPlainText().contains("word-1_app"));
        QVERIFY(preview->toPlainText().contains("--redact-word (1)"));
    }

    void the_preview_of_thousands_of_reports_is_cut_and_says_so() {
        ReportDialog dialog(read("rpmsg-mutex-before-x86_64"), {}, {}, nullptr);
        const QString text = dialog.findChild<QTextBrowser*>("preview")->toPlainText();
        QVERIFY(text.contains("and 458 more rows"));
        QVERIFY(text.contains("Made by Stallsight"));
    }

    void every_format_is_written() {
        const QTemporaryDir folder;
        ReportDialog dialog(read("fant-h-cold-standby"), {}, {}, nullptr);
        const std::pair<const char*, QByteArray> formats[] = {
            {"html", "<!DOCTYPE html>"}, {"pdf", "%PDF-"}, {"md", "# fant-h"}, {"json", "{"}};
        for (const auto& [suffix, start] : formats) {
            QFile file(folder.filePath(QString("report.") + suffix));
            QVERIFY(written_by(dialog, file.fileName()));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(file.readAll().startsWith(start));
        }
        QVERIFY(!written_by(dialog, "/no/such/folder/report.pdf"));
        QVERIFY(!written_by(dialog, folder.filePath("report.docx")));
    }
};

QTEST_MAIN(TestDialogs)
#include "test_dialogs.moc"
