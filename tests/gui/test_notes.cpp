// How notes are laid out, and notes on a time range of the sample.
#include <QImage>
#include <QListView>
#include <QTextBlock>

#include "app/gui/notes/note_text.h"
#include "app/gui/notes/notes_panel.h"
#include "tests/gui/window_support.h"

using namespace stallsight;
using namespace stallsight::gui;

class TestNotes : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;

private slots:
    void initTestCase() {
        apply_theme(*qApp, tested_appearance());
        copy_sample(folder_.filePath("bundle"));
    }

    void markdown_is_laid_out() {
        const NoteText text("# Cause\n\nthe **mutex** of `notify`\n\n- one\n- two", 300);
        QCOMPARE(text.toPlainText(), "Cause\nthe mutex of notify\none\ntwo");
        bool bold = false;
        const QTextBlock body = text.begin().next();
        for (auto it = body.begin(); it != body.end(); ++it)
            bold |= it.fragment().text() == "mutex" && it.fragment().charFormat().fontWeight() == QFont::Bold;
        QVERIFY(bold);
        // A heading is no larger than the words below it.
        QCOMPARE(NoteText("# Cause", 300).size().height(), NoteText("Cause", 300).size().height());
    }

    void tags_of_html_stay_text() {
        const NoteText text("<script>alert(1)</script> <b>x</b>", 300);
        QVERIFY(text.toPlainText().contains("<script>"));
    }

    void no_picture_is_loaded() {
        const QString file = folder_.filePath("picture.png");
        QImage picture(400, 400, QImage::Format_RGB32);
        picture.fill(Qt::red);
        QVERIFY(picture.save(file));
        const NoteText text("![seen](" + file + ")", 500);
        QVERIFY(text.size().height() < 100);
        QCOMPARE(text.toPlainText(), "[" + file + "]");
        QVERIFY(!text.resource(QTextDocument::ImageResource, QUrl::fromLocalFile(file)).isValid());
    }

    void a_line_of_the_log_shows_the_words_only() {
        QCOMPARE(plain_note("# Cause\n\nthe **mutex**\n- one"), "Cause the mutex one");
    }

    void a_marked_time_is_what_the_note_is_about() {
        const auto opened = opened_window(folder_.filePath("bundle"));
        MainWindow& window = *opened;
        const Analysis& analysis = *window.selection()->analysis();
        const Artifact& log = analysis.artifacts[*window.selection()->artifact()].artifact;
        window.selection()->pick_range({log.board, log.core, 50494.0, 50495.5});
        auto* notes = window.findChild<NotesPanel*>();
        auto* target = notes->findChild<QComboBox*>("target");
        QCOMPARE(target->currentText(), "The time from 50494.000 s to 50495.500 s");
        notes->findChild<QPlainTextEdit*>("editor")->setPlainText("the board hangs.");
        QTRY_COMPARE(window.notes()->file().notes.size(), std::size_t{1});
        const Note note = window.notes()->file().notes.front();
        QCOMPARE(note.target.kind, Target::Kind::time);
        QCOMPARE(note.target.from_s, 50494.0);
        // Picking the note marks its time again.
        window.selection()->clear_range();
        auto* list = window.findChild<QListView*>("notes");
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            const QModelIndex index = list->model()->index(row, 0);
            if (index.data(NotesModel::id_role).toString().toStdString() == note.id) emit list->clicked(index);
        }
        QVERIFY(window.selection()->range());
        QCOMPARE(window.selection()->range()->to_s, 50495.5);
        // A line that is picked afterwards is what the next note is about.
        window.selection()->pick_line(*window.selection()->artifact(), 3);
        QVERIFY(target->currentText().startsWith("Line "));
    }
};

QTEST_MAIN(TestNotes)
#include "test_notes.moc"
