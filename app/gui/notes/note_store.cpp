#include "app/gui/notes/note_store.h"

#include <QFileInfo>
#include <algorithm>

#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

// The decisions of a case: when these change, the analysis does.
std::vector<Note> decisions_of(const CaseFile& file) {
    std::vector<Note> out;
    std::copy_if(file.notes.begin(), file.notes.end(), std::back_inserter(out),
                 [](const Note& note) { return note.decision != Decision::none; });
    return out;
}

}  // namespace

NoteStore::NoteStore(QObject* parent) : QObject(parent) {
    settle_.setSingleShot(true);
    settle_.setInterval(100);
    connect(&watcher_, &QFileSystemWatcher::directoryChanged, this, [this] { settle_.start(); });
    connect(&settle_, &QTimer::timeout, this, &NoteStore::take_up_others);
}

void NoteStore::open(AnalysisPtr analysis, const std::string& case_file) {
    const bool same_bundle = analysis_ && analysis && analysis_->bundle_path == analysis->bundle_path;
    if (!same_bundle) history_ = {};
    analysis_ = std::move(analysis);
    file_ = {};
    readable_ = false;
    error_.clear();
    if (!watcher_.directories().isEmpty()) watcher_.removePaths(watcher_.directories());
    if (analysis_) {
        const std::string path = case_file.empty() ? default_case_path(analysis_->bundle_path) : case_file;
        if (auto loaded = load_case(path)) {
            file_ = std::move(*loaded);
            readable_ = true;
        } else {
            error_ = qs(loaded.error().text());
            emit failed(error_);
        }
        file_.path = path;
        if (file_.bundle.empty()) file_.bundle = analysis_->bundle_name;
        // The folder: each write makes the case another file.
        watcher_.addPath(QFileInfo(qs(path)).absolutePath());
    }
    refresh();
}

void NoteStore::refresh() {
    notes_ = file_.notes;
    anchors_.clear();
    if (analysis_) {
        const auto noted = [&](const Note& remark) {
            return std::any_of(file_.notes.begin(), file_.notes.end(), [&](const Note& note) {
                return note.origin == remark.origin && note.target.artifact == remark.target.artifact &&
                       note.target.line == remark.target.line;
            });
        };
        for (Note& remark : remark_notes(*analysis_))
            if (!noted(remark)) notes_.push_back(std::move(remark));
        for (const Note& note : notes_) anchors_[note.id] = locate(note, *analysis_);
    }
    emit changed();
}

// Another window, or `stallsight note`, has written the case.
void NoteStore::take_up_others() {
    if (!analysis_ || !readable_) return;
    auto now = load_case(file_.path);
    if (!now || to_json(*now) == to_json(file_)) return;
    const bool decided_elsewhere = decisions_of(*now) != decisions_of(file_);
    file_ = std::move(*now);
    refresh();
    if (decided_elsewhere) emit decided();
}

const Note* NoteStore::note(const std::string& id) const {
    const auto it = std::find_if(notes_.begin(), notes_.end(), [&](const Note& n) { return n.id == id; });
    return it == notes_.end() ? nullptr : &*it;
}

std::optional<Anchor> NoteStore::anchor(const std::string& id) const {
    const auto it = anchors_.find(id);
    return it == anchors_.end() ? std::nullopt : it->second;
}

std::map<std::uint64_t, NoteStore::OnLine> NoteStore::on_lines(std::size_t artifact) const {
    std::map<std::uint64_t, OnLine> lines;
    for (const Note& note : file_.notes) {
        const auto at = anchor(note.id);
        if (!at || at->artifact != artifact || at->line == 0) continue;
        OnLine& line = lines[at->line];
        const QString words = note_words(note);
        if (!words.isEmpty()) line.text += (line.text.isEmpty() ? QString() : QStringLiteral(" · ")) + words;
        for (std::uint64_t i = 0; !note.colour.empty() && i <= note.target.line_last - note.target.line; ++i)
            lines[at->line + i].colour = note.colour;
    }
    return lines;
}

template <class Change>
bool NoteStore::write(Change change) {
    if (!analysis_ || !readable_) return false;
    const auto decisions = decisions_of(file_);
    const Result<void> written = change();
    error_ = written ? QString() : qs(written.error().text());
    if (!written) emit failed(error_);
    const bool decisions_changed = decisions_of(file_) != decisions;
    refresh();
    if (decisions_changed) emit decided();
    return written.has_value();
}

std::string NoteStore::add(Note note) {
    note.id.clear();
    const bool done = write([&] { return history_.apply(file_, {std::nullopt, std::move(note)}); });
    return done ? history_.last_id() : std::string();
}

bool NoteStore::edit(Note note, bool goes_on) {
    const Note* old = file_.note(note.id);
    if (!old) return !add(std::move(note)).empty();  // a remark of the log becomes a note
    const Note before = *old;
    return write([&] { return history_.apply(file_, {before, std::move(note)}, goes_on); });
}

bool NoteStore::remove(const std::string& id) {
    const Note* old = file_.note(id);
    if (!old) return false;
    const Note before = *old;
    return write([&] { return history_.apply(file_, {before, std::nullopt}); });
}

void NoteStore::undo() {
    write([&] { return history_.undo(file_); });
}

void NoteStore::redo() {
    write([&] { return history_.redo(file_); });
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
