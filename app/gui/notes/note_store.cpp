#include "app/gui/notes/note_store.h"

#include <algorithm>

#include "app/gui/words.h"

namespace stallsight::gui {

void NoteStore::open(AnalysisPtr analysis) {
    analysis_ = std::move(analysis);
    file_ = {};
    readable_ = false;
    error_.clear();
    if (analysis_) {
        const std::string path = default_case_path(analysis_->bundle_path);
        if (auto loaded = load_case(path)) {
            file_ = std::move(*loaded);
            readable_ = true;
        } else {
            error_ = qs(loaded.error().text());
            emit failed(error_);
        }
        file_.path = path;
        file_.bundle = analysis_->bundle_name;
    }
    emit changed();
}

const Note* NoteStore::note(const std::string& id) const {
    auto it = std::find_if(file_.notes.begin(), file_.notes.end(), [&](const Note& n) { return n.id == id; });
    return it == file_.notes.end() ? nullptr : &*it;
}

std::map<std::uint64_t, QString> NoteStore::on_lines(const std::string& artifact) const {
    std::map<std::uint64_t, QString> lines;
    for (const Note& note : file_.notes) {
        if (note.artifact != artifact) continue;
        QString& text = lines[note.line];
        text += (text.isEmpty() ? QString() : QStringLiteral(" · ")) + qs(note.text).simplified();
    }
    return lines;
}

std::string NoteStore::add(const std::string& artifact, std::uint64_t line, bool on_event, const QString& text) {
    if (!analysis_ || !readable_ || text.trimmed().isEmpty()) return {};
    auto id = add_note(file_, *analysis_, artifact, line, on_event, text.trimmed().toStdString());
    if (!id) {
        emit failed(qs(id.error().text()));
        return {};
    }
    save();
    return *id;
}

void NoteStore::edit(const std::string& id, const QString& text) {
    auto it = std::find_if(file_.notes.begin(), file_.notes.end(), [&](const Note& n) { return n.id == id; });
    if (it == file_.notes.end() || text.trimmed().isEmpty()) return;
    it->text = text.trimmed().toStdString();
    save();
}

void NoteStore::remove(const std::string& id) {
    if (readable_ && remove_note(file_, id)) save();
}

void NoteStore::save() {
    error_.clear();
    if (auto saved = save_case(file_); !saved) {
        error_ = qs(saved.error().text());
        emit failed(error_);
    }
    emit changed();
}

QString NoteStore::state() const {
    if (!analysis_) return {};
    const QString name = qs(file_.path.substr(file_.path.rfind('/') + 1));
    if (!readable_) return "case: " + name + " cannot be read";
    if (!error_.isEmpty()) return "case: " + name + " could not be saved";
    if (file_.notes.empty()) return "case: no notes yet";
    return QString("case: %1 (%2, saved)").arg(name, count(file_.notes.size(), "note"));
}

}  // namespace stallsight::gui
