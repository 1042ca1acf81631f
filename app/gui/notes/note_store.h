// The case of the bundle on show: its notes, written to their file as soon as they change.
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>
#include <map>

#include "analysis/case/anchor.h"
#include "analysis/case/changes.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

// What a note says, in one line: its decision, text and tags.
QString note_words(const Note& note);

class NoteStore : public QObject {
    Q_OBJECT
public:
    explicit NoteStore(QObject* parent = nullptr);

    // `case_file`: empty for the one beside the bundle.
    void open(AnalysisPtr analysis, const std::string& case_file);
    // The case's notes, and behind them the remarks that stand in the logs.
    [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
    [[nodiscard]] const CaseFile& file() const { return file_; }
    [[nodiscard]] const Note* note(const std::string& id) const;
    // Where a note of notes() is now; nothing: it is detached.
    [[nodiscard]] std::optional<Anchor> anchor(const std::string& id) const;
    // What is noted on the lines of one artifact.
    struct OnLine {
        QString text;
        std::string colour;
    };
    [[nodiscard]] std::map<std::uint64_t, OnLine> on_lines(std::size_t artifact) const;
    [[nodiscard]] const AnalysisPtr& analysis() const { return analysis_; }

    // The new note's id, or empty: then failed() has said why.
    std::string add(Note note);
    // `goes_on`: more of what is being typed, one step to undo.
    bool edit(Note note, bool goes_on = false);
    bool remove(const std::string& id);
    void undo();
    void redo();
    [[nodiscard]] bool can_undo() const { return history_.can_undo(); }
    [[nodiscard]] bool can_redo() const { return history_.can_redo(); }

    // "case: fant-h.stallsight.json (2 notes, saved)"
    [[nodiscard]] QString state() const;

signals:
    void changed();
    void decided();  // a decision came, went or changed: the analysis is another one
    void failed(const QString& message);

private:
    template <class Change>
    bool write(Change change);
    void take_up_others();
    void refresh();

    AnalysisPtr analysis_;
    CaseFile file_;
    History history_;
    std::vector<Note> notes_;
    std::map<std::string, std::optional<Anchor>> anchors_;
    QFileSystemWatcher watcher_;
    QTimer settle_;          // several notices of one write are one
    bool readable_ = false;  // a case file that is not understood is never written over
    QString error_;
};

}  // namespace stallsight::gui
