// The notes, and the editor for a new one on what is selected: a line, frame, event, stall, time or file.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTimer>

#include "app/gui/notes/notes_model.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class NotesPanel : public QWidget {
    Q_OBJECT
public:
    NotesPanel(Selection* selection, NoteStore* store, QWidget* parent = nullptr);

    void start_note();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void make_form();
    void connect_parts();
    void follow();
    void offer_targets();
    void choose_target(Target::Kind kind);
    void show_decision();
    void pick(const QModelIndex& index);
    void show_note(const Note& note);
    void typed();
    void keep_typed();
    void keep();
    void remove();
    void edit_anew();
    [[nodiscard]] Note note_of_form() const;

    Selection* selection_;
    NoteStore* store_;
    NotesModel* model_;
    QListView* list_;
    QComboBox* target_;
    QPlainTextEdit* editor_;
    QLineEdit* tags_;
    QComboBox* colour_;
    QCheckBox* decision_;
    QPushButton* keep_;
    QPushButton* remove_;
    QTimer pause_;                         // in the typing: what stands there is written
    std::vector<Target> targets_;          // as target_ offers them
    std::optional<Target> edited_target_;  // of the note in the editor
    std::string edited_;                   // its id; empty: a new one
    bool goes_on_ = false;                 // the note is being typed, its last change is part of the next
    bool filling_ = false;                 // the form is changed by the program
};

}  // namespace stallsight::gui
