// The case of the bundle on show: its notes, kept in their file as soon as they change.
#pragma once

#include <QObject>
#include <map>

#include "analysis/case_file.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class NoteStore : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void open(AnalysisPtr analysis);
    [[nodiscard]] const CaseFile& file() const { return file_; }
    [[nodiscard]] const std::vector<Note>& notes() const { return file_.notes; }
    [[nodiscard]] const Note* note(const std::string& id) const;
    // What is noted on the lines of one artifact.
    [[nodiscard]] std::map<std::uint64_t, QString> on_lines(const std::string& artifact) const;
    [[nodiscard]] const AnalysisPtr& analysis() const { return analysis_; }

    // The new note's id, or empty: then failed() has said why.
    std::string add(const std::string& artifact, std::uint64_t line, bool on_event, const QString& text);
    void edit(const std::string& id, const QString& text);
    void remove(const std::string& id);

    // "case: fant-h.stallsight.json (saved)"
    [[nodiscard]] QString state() const;

signals:
    void changed();
    void failed(const QString& message);

private:
    void save();

    AnalysisPtr analysis_;
    CaseFile file_;
    bool readable_ = false;  // a case file that is not understood is never written over
    QString error_;
};

}  // namespace stallsight::gui
